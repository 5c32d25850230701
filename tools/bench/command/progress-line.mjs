import { figure, files } from '../report/numbers.mjs';

/** Processors; less than that is what every machine does. */
const noise = 0.1;

/** @param {import('../report/row.mjs').Row} row */
const resultLine = (row) =>
  [
    row.system.padEnd(15),
    files(row.n).padStart(13),
    `run ${row.repeat}:`,
    `${figure(row.files_per_s)} files/s,`,
    `first start ${figure(row.first_start_ms)} ms,`,
    `completion ${figure(row.completion_ms)} ms,`,
    `${figure(row.cpu_s_per_10k['total'] ?? 0)} CPU s per 10k`,
    row.others_cpus < noise ? '' : `(others kept ${figure(row.others_cpus)} processors busy)`,
  ]
    .join(' ')
    .trimEnd();

/**
 * One line for each run that is over; on a terminal also what is going on.
 * @param {{ log: (text: string) => void, runs: number, out?: NodeJS.WriteStream }} options runs: in all
 * @returns {import('./run-visits.mjs').Listener & { clear(): void }}
 */
export function openProgressLine({ log, runs, out = process.stdout }) {
  let over = 0;
  const show = (/** @type {string} */ text) => {
    if (out.isTTY) out.write(`\r\u001b[2K${text}`);
  };
  return {
    onStart: (system) => show(`[${over}/${runs}] starting ${system} …`),
    onRun: (system, n) => show(`[${over}/${runs}] ${system}, ${files(n)} …`),
    onRow: (row) => {
      over += 1;
      show('');
      log(resultLine(row));
    },
    clear: () => show(''),
  };
}
