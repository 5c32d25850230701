/** Characters that take two columns: East Asian wide forms and most emoji. */
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const invisible = /[\p{M}\p{Cf}]/u;

const columnsOf = (character: string): number =>
  invisible.test(character) ? 0 : wide.test(character) ? 2 : 1;

/** Columns that a text without control characters takes on a terminal. */
export const textWidth = (text: string): number =>
  [...text].reduce((sum, character) => sum + columnsOf(character), 0);

/** A text as a terminal may show it: what others sent cannot move the cursor or change colours. */
export const inert = (text: string): string => text.replace(/\p{Cc}/gu, ' ');

/** Cuts a text to at most `width` columns, with an ellipsis. */
export function clip(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let short = '';
  let used = 0;
  for (const character of text) {
    used += columnsOf(character);
    if (used > width - 1) break;
    short += character;
  }
  return `${short}…`;
}

/** Fills a text up to `width` columns. */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, width - textWidth(text)));
  return align === 'left' ? text + space : space + text;
}
