/**
 * @typedef {{ text: string, tone: number | null }} Run characters of one colour
 * @typedef {{ character: string, tone: number | null }} Cell
 */

// eslint-disable-next-line no-control-regex
const token = /\u001b\[([?\d;]*)([A-Za-z])|\r|\n|[^\u001b\r\n]/gu;

/**
 * As much of a terminal as progress bars need: moving, clearing and colours.
 * @param {{ columns: number, rows: number }} size
 */
export function createTerminal({ columns, rows }) {
  /** @type {Cell[][]} */
  const screen = Array.from({ length: rows }, () => []);
  let row = 0;
  let column = 0;
  /** @type {number | null} */
  let tone = null;
  const down = () => {
    row += 1;
    if (row < rows) return;
    screen.shift();
    screen.push([]);
    row = rows - 1;
  };
  /** @param {string} character */
  const put = (character) => {
    const line = screen[row] ?? [];
    while (line.length < column) line.push({ character: ' ', tone: null });
    line[column] = { character, tone };
    column = Math.min(columns - 1, column + 1);
  };
  /** @param {string} given @param {string} letter */
  const control = (given, letter) => {
    const [first = 0, second = 0] = given.split(';').map(Number);
    const by = first || 1;
    if (letter === 'A') row = Math.max(0, row - by);
    else if (letter === 'B') row = Math.min(rows - 1, row + by);
    else if (letter === 'C') column += by;
    else if (letter === 'D') column = Math.max(0, column - by);
    else if (letter === 'G') column = by - 1;
    else if (letter === 'H') [row, column] = [by - 1, (second || 1) - 1];
    else if (letter === 'K') screen[row] = first === 0 ? (screen[row] ?? []).slice(0, column) : [];
    else if (letter === 'J') {
      screen[row] = (screen[row] ?? []).slice(0, column);
      for (let below = row + 1; below < rows; below += 1) screen[below] = [];
    } else if (letter === 'm') tone = first === 0 ? null : first;
  };
  return {
    /** @param {string} text */
    write: (text) => {
      for (const [all, given, letter] of text.matchAll(token)) {
        if (letter !== undefined) control(given ?? '', letter);
        else if (all === '\r') column = 0;
        else if (all === '\n') down();
        else put(all);
      }
    },
    /** What is to be seen, line by line. @returns {Run[][]} */
    lines: () =>
      screen.map((line) =>
        line.reduce((/** @type {Run[]} */ runs, cell) => {
          const last = runs.at(-1);
          if (last !== undefined && last.tone === cell.tone) last.text += cell.character;
          else runs.push({ text: cell.character, tone: cell.tone });
          return runs;
        }, []),
      ),
  };
}
