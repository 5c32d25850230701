/** Keeps a service's words from moving the terminal's cursor. @param {string} text */
// eslint-disable-next-line no-control-regex
export const withoutControls = (text) => text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');

/**
 * What the terminal shows of a log line: warnings and errors, short. Null for everything else.
 * @param {string} line JSON as the services write it
 * @returns {string | null}
 */
export function terminalLine(line) {
  // Nearly every line is of level info: those are not worth parsing.
  if (!/"(?:warn|error)"/.test(line)) return null;
  try {
    const { level, message, batchId, fileIdx, error } = JSON.parse(line);
    if (level !== 'warn' && level !== 'error') return null;
    const where = [batchId, fileIdx === undefined ? undefined : `file ${fileIdx}`].filter(Boolean).join(' ');
    const why = typeof error === 'string' ? error : error?.message;
    const text = withoutControls(`${message}${where === '' ? '' : ` (${where})`}${why ? `: ${why}` : ''}`);
    return `${level}: ${text.length > 400 ? `${text.slice(0, 399)}…` : text}`;
  } catch {
    return null;
  }
}
