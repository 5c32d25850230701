import { isCaught } from '../mutants/is-caught.mjs';

/** @param {string[][]} rows */
function table(rows) {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** @param {readonly import('../mutants/try-mutants.mjs').Trial[]} trials @param {boolean} all */
function mistakes(trials, all) {
  const missed = trials.filter((trial) => !isCaught(trial));
  const told = missed.map(
    ({ mutant, found }) =>
      `✗ "${mutant.mistake}" is for the rule ${mutant.rule}; found by: ${found.join(', ') || 'nothing'}`,
  );
  if (!all) return told;
  return [
    ...trials
      .filter(isCaught)
      .flatMap(({ mutant, problem }) => [
        `  ${mutant.mistake}`,
        `    ${mutant.rule}: ${problem.split('\n')[0]}`,
      ]),
    ...told,
  ];
}

/**
 * What was checked, for a person at a terminal.
 * @param {import('../checks/check-manifests.mjs').Outcome} outcome
 * @param {{ seconds: number, mistakes: boolean }} options
 */
export function report({ kustomize, bundles, objects, rows, trials }, { seconds, mistakes: all }) {
  const caught = (/** @type {string} */ rule) =>
    trials.filter((trial) => trial.mutant.rule === rule && isCaught(trial)).length;
  const lines = rows.map(({ check, about, problems }) => [
    problems.length === 0 ? '✓' : '✗',
    check,
    String(caught(check) || ''),
    about,
  ]);
  const bad = rows.flatMap(({ check, problems }) => problems.map((problem) => `✗ ${check}: ${problem}`));
  const right = trials.filter(isCaught).length;
  const good = bad.length === 0 && right === trials.length && trials.length > 0;
  return [
    ...table([['', 'check', 'mistakes found', 'what holds'], ...lines]),
    ...(bad.length > 0 ? ['', ...bad] : []),
    ...(all || right < trials.length ? ['', ...mistakes(trials, all)] : []),
    '',
    `${good ? '✓' : '✗'} ${bundles.length} sets of manifests, ${objects} different objects, ${right} of ${trials.length} deliberate mistakes found, kustomize ${kustomize}, ${seconds.toFixed(0)} s`,
  ].join('\n');
}
