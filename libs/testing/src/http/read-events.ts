/** One server-sent event; `id` is there for facts only. */
export interface SseEvent {
  id?: string;
  event: string;
  data: Record<string, unknown>;
}

export interface ReadEventsOptions {
  url: string;
  apiKey: string;
  /** Where to go on; without it the server decides. */
  lastEventId?: string | undefined;
  /** Drops the connection; the reading then ends without an error. */
  signal?: AbortSignal;
}

/** Reads an event stream until it ends or is dropped. Comments (heartbeats) are skipped. @throws for a status other than 200 */
export async function* readEvents({
  url,
  apiKey,
  lastEventId,
  signal,
}: ReadEventsOptions): AsyncGenerator<SseEvent> {
  try {
    const response = await fetch(url, {
      headers: {
        accept: 'text/event-stream',
        authorization: `Bearer ${apiKey}`,
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      },
      ...(signal === undefined ? {} : { signal }),
    });
    if (response.status !== 200 || response.body === null)
      throw new Error(`GET ${url}: ${response.status} ${await response.text()}`);
    yield* parseEvents(response.body);
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
}

/** Cuts a stream of bytes into events. */
export async function* parseEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<SseEvent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of chunks) {
    text = (text + decoder.decode(chunk, { stream: true })).replaceAll('\r\n', '\n');
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parseBlock(block);
      if (event !== undefined) yield event;
    }
  }
}

function parseBlock(block: string): SseEvent | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (name === '') continue;
    const before = fields.get(name);
    fields.set(name, name === 'data' && before !== undefined ? `${before}\n${value}` : value);
  }
  const data = fields.get('data');
  if (data === undefined) return undefined;
  const id = fields.get('id');
  const parsed = JSON.parse(data) as Record<string, unknown>;
  return { event: fields.get('event') ?? 'message', data: parsed, ...(id === undefined ? {} : { id }) };
}
