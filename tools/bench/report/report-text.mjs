import { verdictLines, verdicts } from './goals.mjs';
import { files } from './numbers.mjs';
import { isSound } from './row.mjs';
import { groupRows } from './statistics.mjs';
import { tables } from './table.mjs';

/** @param {import('./row.mjs').Row} row */
const unsoundLine = ({ system, n, repeat, done, distinct, completions }) =>
  `✗ ${system}, ${files(n)}, run ${repeat}: ${done} done, ${distinct} different, ${completions} completions`;

/** @param {string} appendfsync */
const legend = (
  appendfsync,
) => `One worker process each; Redis: appendonly, appendfsync ${appendfsync}. The clock runs from the submit to the completion as the client sees it.
First start: submit → the client reads file.started (peers: the worker begins a file). CPU comes in steps of 10 ms: below 1,000 files it
says nearly nothing. MB are peaks of resident memory during the run, for redis the memory after it; grew: its used_memory. Others CPUs: processors that
everything else on the machine kept busy meanwhile; where that is much, files/s and ms are noise.`;

/**
 * Everything the runs tell, for a reader.
 * @param {{ rows: import('./row.mjs').Row[], left_out: string | null, settings: { appendfsync: string } }} result
 */
export function reportText({ rows, left_out: leftOut, settings }) {
  const groups = groupRows(rows);
  const parts = [
    ...tables(groups),
    legend(settings.appendfsync),
    leftOut ?? '',
    rows
      .filter((row) => !isSound(row))
      .map(unsoundLine)
      .join('\n'),
    verdictLines(verdicts(groups)),
  ];
  return `\n${parts.filter((part) => part !== '').join('\n\n')}`;
}
