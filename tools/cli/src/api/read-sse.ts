import { z } from 'zod';

/** One server-sent event; only facts have an id. */
export interface SseEvent {
  id: string | null;
  event: string;
  data: unknown;
}

/** Cuts a body into events. `onBytes` is told about everything that arrives, comments too. */
export async function* readSse(
  body: AsyncIterable<Uint8Array>,
  onBytes: () => void,
): AsyncGenerator<SseEvent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    onBytes();
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split(/\r\n\r\n|\n\n|\r\r/);
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parseBlock(block);
      if (event !== null) yield event;
    }
  }
}

function parseBlock(block: string): SseEvent | null {
  let id: string | null = null;
  let event = 'message';
  const data: string[] = [];
  for (const line of block.split(/\r\n|\r|\n/)) {
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'id') id = value;
    else if (field === 'event') event = value;
    else if (field === 'data') data.push(value);
  }
  if (data.length === 0) return null;
  const parsed = z.json().safeParse(jsonOf(data.join('\n')));
  return parsed.success ? { id, event, data: parsed.data } : null;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // not one of ours: skipped like an event of an unknown name
    return undefined;
  }
}
