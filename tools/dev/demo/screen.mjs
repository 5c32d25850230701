import { renderBoard } from './render.mjs';

/**
 * @typedef {{ log(text: string): void, show(board: import('./board.mjs').Board): void, end(): void }} Screen
 *   show: draws the board from now on; end: draws it a last time
 */

const everyMs = 100;
const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';

/**
 * Draws over its own last picture, and lets lines scroll away above it.
 * @param {NodeJS.WriteStream} out
 * @returns {Screen}
 */
function liveScreen(out) {
  let drawn = 0;
  /** @type {(() => string[]) | null} */
  let picture = null;
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const erase = () => (drawn === 0 ? '' : `\u001b[${drawn}A\r\u001b[J`);
  const draw = () => {
    const lines = picture?.() ?? [];
    out.write(`${erase()}${lines.map((line) => `${line}\n`).join('')}`);
    drawn = lines.length;
  };
  const restore = () => out.write(showCursor);
  return {
    log(text) {
      out.write(`${erase()}${text}\n`);
      drawn = 0;
      draw();
    },
    show(board) {
      const started = performance.now();
      const color = !process.env['NO_COLOR'];
      picture = () =>
        renderBoard(board, { columns: out.columns, rows: out.rows, color }, performance.now() - started);
      out.write(hideCursor);
      process.once('exit', restore);
      draw();
      timer = setInterval(draw, everyMs);
    },
    end() {
      if (picture === null) return;
      clearInterval(timer);
      draw();
      picture = null;
      drawn = 0;
      process.off('exit', restore);
      restore();
    },
  };
}

/**
 * For logs and pipes: a line for every file that starts or ends, and one for each tenth of the batch.
 * @param {(text: string) => void} log
 * @returns {Screen}
 */
function plainScreen(log) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  let look = () => {};
  return {
    log,
    show(board) {
      const seen = board.rows.map(() => 'pending');
      let tenth = 0;
      look = () => {
        board.rows.forEach(({ name, status, reason }, idx) => {
          if (seen[idx] !== status)
            log(
              `${name}: ${status === 'running' ? 'started' : status}${reason === null ? '' : `, ${reason}`}`,
            );
          seen[idx] = status;
        });
        if (Math.floor(board.progress / 10) > tenth) {
          tenth = Math.floor(board.progress / 10);
          log(`batch: ${Math.floor(board.progress)} %`);
        }
      };
      timer = setInterval(look, everyMs);
    },
    end() {
      clearInterval(timer);
      look();
      look = () => {};
    },
  };
}

/** @param {(text: string) => void} log @returns {Screen} */
export const openScreen = (log) =>
  process.stdout.isTTY && process.env['TERM'] !== 'dumb' ? liveScreen(process.stdout) : plainScreen(log);
