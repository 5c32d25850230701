import { figure } from '../../bench/report/numbers.mjs';

export { figure };

/** With thousands apart; nothing is half a pod. @param {number} value */
export const whole = (value) => Math.round(value).toLocaleString('en-US');

/** Three digits, and a unit that keeps them few: 1.23 k, 45.6 M. @param {number} value */
export function large(value) {
  if (value >= 9_999_500) return `${figure(value / 1e6)} M`;
  return value >= 100 ? whole(Number(value.toPrecision(3))) : figure(value);
}

/** @param {number} usd */
export const dollars = (usd) => (usd === 0 ? '–' : `$${whole(usd)}`);

/** @param {number} bytes */
export const bytesText = (bytes) => (bytes >= 9_950 ? `${figure(bytes / 1e3)} kB` : whole(bytes));

/**
 * A table in Markdown; the first column is text, the others are figures unless they are text as well.
 * @param {string[]} head @param {string[][]} rows @param {'left' | 'right'} [others]
 */
export const markdownTable = (head, rows, others = 'right') =>
  [head, head.map((_, at) => (at === 0 || others === 'left' ? '---' : '--:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
