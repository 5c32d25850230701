/**
 * @typedef {{ id: string | null, event: string, data: any }} StreamEvent id: only facts have one
 */

/**
 * One event of a text/event-stream, or null for a block without data (a comment keeps the line alive).
 * @param {string} block the lines between two empty ones
 * @returns {StreamEvent | null}
 */
export function parseEvent(block) {
  let id = null;
  let event = 'message';
  /** @type {string[]} */
  const data = [];
  for (const line of block.split(/\r\n|\r|\n/)) {
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'id') id = value;
    else if (field === 'event') event = value;
    else if (field === 'data') data.push(value);
  }
  return data.length === 0 ? null : { id, event, data: JSON.parse(data.join('\n')) };
}

/**
 * The events of a response body, as they come; ends with it.
 * @param {AsyncIterable<Uint8Array>} body
 * @param {() => void} onBytes told about everything that arrives, comments too
 * @returns {AsyncGenerator<StreamEvent>}
 */
export async function* readEvents(body, onBytes) {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    onBytes();
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split(/\r\n\r\n|\n\n|\r\r/);
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parseEvent(block);
      if (event !== null) yield event;
    }
  }
}
