import { fit, textWidth } from './text-width.mjs';

/**
 * @typedef {{ columns: number, rows: number, color: boolean }} Terminal
 * @typedef {import('./board.mjs').Row} Row
 */

const mostFiles = 20;
const mostFailed = 3;
const codes = { green: 32, red: 31, cyan: 36, grey: 90 };

/** @param {keyof typeof codes} name @param {string} text @param {boolean} color */
const paint = (name, text, color) => (color ? `\u001b[${codes[name]}m${text}\u001b[0m` : text);

/** @param {number} percent @param {number} width */
const bar = (percent, width) => {
  const full = Math.round((Math.min(100, Math.max(0, percent)) / 100) * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
};

/** @type {Record<import('./board.mjs').FileStatus, keyof typeof codes>} */
const colors = { pending: 'grey', running: 'cyan', completed: 'green', failed: 'red', cancelled: 'grey' };

/** @param {Row} row */
const words = ({ status, stage, reason }) => {
  if (status === 'pending') return 'waiting';
  if (status === 'running') return stage ?? 'started';
  return reason === null ? status : `${status}, ${reason}`;
};

/** @param {Row[]} rows @param {number} room */
function shownRows(rows, room) {
  if (rows.length <= room) return rows;
  // With many files only those that move are worth a line, and a glance at what goes wrong.
  const active = rows.filter(({ status }) => status === 'running');
  const failed = rows.filter(({ status }) => status === 'failed').slice(-mostFailed);
  return [...active, ...failed].slice(0, room);
}

/**
 * The picture of a batch: a bar for each file and one for the whole, every line within the terminal's width.
 * @param {import('./board.mjs').Board} board
 * @param {Terminal} terminal
 * @param {number} elapsedMs
 * @returns {string[]}
 */
export function renderBoard(board, { columns, rows, color }, elapsedMs) {
  // The last column stays free: some terminals wrap when it is written.
  const width = Math.max(20, columns - 1);
  const nameWidth = Math.min(
    Math.max(5, ...board.rows.map(({ name }) => textWidth(name))),
    Math.max(8, Math.floor(width / 3)),
    32,
  );
  const barWidth = Math.min(30, Math.max(4, width - nameWidth - 32));
  const line = (
    /** @type {string} */ name,
    /** @type {number} */ percent,
    /** @type {keyof typeof codes} */ hue,
    /** @type {string} */ text,
  ) => {
    const head = `${fit(name, nameWidth)}  `;
    const number = ` ${String(Math.floor(percent)).padStart(3)} %  `;
    const room = Math.max(0, width - nameWidth - 2 - barWidth - number.length);
    return `${head}${paint(hue, bar(percent, barWidth), color)}${number}${textWidth(text) > room ? fit(text, room) : text}`;
  };
  const shown = shownRows(board.rows, Math.min(mostFiles, Math.max(1, rows - 3)));
  const ended = board.rows.length - board.count('pending') - board.count('running');
  const failed = board.count('failed');
  const total = `${ended} of ${board.rows.length}${failed === 0 ? '' : `, ${failed} failed`}, ${Math.floor(elapsedMs / 1000)} s`;
  return [
    ...shown.map((row) =>
      line(row.name, row.status === 'completed' ? 100 : row.progress, colors[row.status], words(row)),
    ),
    line(
      'batch',
      board.progress,
      board.finalStatus === null ? 'cyan' : failed === 0 ? 'green' : 'red',
      total,
    ),
  ];
}
