/** Characters that take two columns: East Asian wide forms and most emoji. */
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const invisible = /[\p{M}\p{Cf}]/u;

/** @param {string} character */
const columnsOf = (character) => (invisible.test(character) ? 0 : wide.test(character) ? 2 : 1);

/**
 * Columns that a text takes on a terminal.
 * @param {string} text without control characters
 */
export const textWidth = (text) => [...text].reduce((sum, character) => sum + columnsOf(character), 0);

/**
 * Makes a text exactly `width` columns: filled with spaces, or cut with an ellipsis.
 * @param {string} text
 * @param {number} width
 */
export function fit(text, width) {
  const total = textWidth(text);
  if (total <= width) return text + ' '.repeat(width - total);
  let short = '';
  let used = 0;
  for (const character of text) {
    if (used + columnsOf(character) > width - 1) break;
    short += character;
    used += columnsOf(character);
  }
  return `${short}…${' '.repeat(Math.max(0, width - 1 - used))}`;
}
