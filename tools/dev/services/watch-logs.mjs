import { followLog, logSize } from './log-files.mjs';
import { terminalLine } from './log-line.mjs';

const everyMs = 300;
const linesEach = 8;

/**
 * Shows the warnings and errors that services write to their logs from now on; a flood of them is counted, not shown.
 * @param {{ label: string, file: string }[]} logs
 * @param {(text: string) => void} show
 * @returns {() => void} ends it, after a last look
 */
export function watchLogs(logs, show) {
  const followed = logs.map(({ label, file }) => ({ label, log: followLog(file, logSize(file)) }));
  const look = () => {
    for (const { label, log } of followed) {
      const lines = log.readLines().flatMap((line) => terminalLine(line) ?? []);
      for (const line of lines.slice(0, linesEach)) show(`${label} ${line}`);
      if (lines.length > linesEach)
        show(`${label} … and ${lines.length - linesEach} more warnings and errors, see its log`);
    }
  };
  const timer = setInterval(look, everyMs);
  return () => {
    clearInterval(timer);
    look();
  };
}
