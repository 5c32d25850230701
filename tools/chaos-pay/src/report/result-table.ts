import type { Outcome } from '../scenario.js';

/** One scenario that is over. */
export interface Result extends Outcome {
  scenario: string;
  files: number;
  seconds: number;
}

/** A row for each scenario, and below them every violation. */
export function resultTable(results: readonly Result[], seed: number, command = 'npm run chaos:pay'): string {
  const rows = results.map(({ scenario, files, seconds, violations, facts }) => {
    const verdict = violations.length === 0 ? 'ok' : `${violations.length} violations`;
    return [scenario, String(files), `${seconds} s`, verdict, factsText(facts)];
  });
  const table = [['scenario', 'files', 'time', 'verdict', 'measured'], ...rows];
  const widths = [0, 1, 2, 3].map((at) => Math.max(...table.map((row) => row[at]?.length ?? 0)));
  const lines = table.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const wrong = results.flatMap(({ scenario, violations }) => violationLines(scenario, violations));
  return [...lines, ...wrong, ...repeatLines(results, `${command} -- --seed ${seed}`)].join('\n');
}

const mostShown = 20;

function violationLines(scenario: string, violations: readonly string[]): string[] {
  const more = violations.length - mostShown;
  return [
    ...violations.slice(0, mostShown).map((text) => `${scenario}: ${text}`),
    ...(more > 0 ? [`${scenario}: … and ${more} more`] : []),
  ];
}

function repeatLines(results: readonly Result[], command: string): string[] {
  const broken = results.filter(({ violations }) => violations.length > 0);
  if (broken.length === 0) return [];
  return [`again: ${command} --only ${broken.map(({ scenario }) => scenario).join()}`];
}

const factsText = (facts: Outcome['facts']): string =>
  Object.entries(facts)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
