import type { Finding, SearchResult } from '../search/search.js';
import type { Caught } from '../search/try-mutants.js';

/** What a reader wants to see reached, in groups. */
const groups: readonly (readonly [title: string, what: RegExp])[] = [
  ['claims', /^claim /],
  ['conclusions', /^conclude /],
  ['faults', /^(crash|zombie|redelivery|message|counter)/],
  ['attempts', /^(takeover|fenced|failure|park|drain)/],
  ['payments', /^(intend|bind|free|refund|doubt|submit|budget|put back|image)/],
  ['healed', /^(reissue|recount|lane entry|retry resumed|repeated|overlapping|completion repeated)/],
  ['orders', /^(cancel|hold|unhold|retry (begun|live|nothing|over)|append|seal|condemn|dead letter|redo)/],
  ['ends of runs', /^run /],
];

/** @param seconds wall clock and CPU of this process and of Redis */
export function resultText(
  { runs, stats, finding }: SearchResult,
  seconds: { wall: number; node: number; redis: number },
): string {
  const lines = groups.map(([title, what]) => {
    const found = [...stats.counts]
      .filter(([name]) => what.test(name))
      .sort(([a], [b]) => a.localeCompare(b));
    const said = found.map(([name, count]) => `${name.replace(/^(claim|conclude|run) /, '')} ${count}`);
    return `  ${title.padEnd(13)} ${said.join(', ')}`;
  });
  const rate = (runs / seconds.wall).toFixed(0);
  const { wall, node, redis } = seconds;
  return [
    `${runs} runs, ${stats.get('steps')} steps, ${rate} runs/s (${wall.toFixed(1)} s; CPU: Node ${node.toFixed(1)} s, Redis ${redis.toFixed(1)} s)`,
    ...lines,
    `violations: ${finding === null ? 0 : 1}`,
  ].join('\n');
}

export function findingText({ violation, seed, path, schedule, trace }: Finding): string {
  return [
    `✗ ${violation.message}`,
    '',
    'what happened:',
    ...trace.map((line, at) => `${String(at + 1).padStart(4)}  ${line}`),
    '',
    `schedule: ${JSON.stringify(schedule)}`,
    `again:    npm run test:model -- --seed ${seed} --path ${path}`,
  ].join('\n');
}

export function mutantsText(results: readonly Caught[]): string {
  const width = Math.max(...results.map(({ mutant }) => mutant.name.length));
  const rows = results.map(({ mutant, finding, runs }) =>
    finding === null
      ? `✗ ${mutant.name.padEnd(width)}  survived ${runs} runs`
      : `✓ ${mutant.name.padEnd(width)}  ${finding.violation.invariant.padEnd(10)}  after ${runs} runs`,
  );
  const survivors = results.filter(({ finding }) => finding === null).length;
  return [
    ...rows,
    `mutants: ${results.length}, caught ${results.length - survivors}, survived ${survivors}`,
  ].join('\n');
}
