import { parseEvents } from './read-events.js';

async function* inPieces(text: string, size: number) {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe('parseEvents', () => {
  const text =
    ': heartbeat\n\nid: 1-0\nevent: file.started\ndata: {"idx":0}\n\nretry: 1000\n\n' +
    'event: batch.progress\r\ndata: {"name":"mané"}\r\n\r\nid: 2-0\nevent: x\ndata: {"a":\ndata: 1}\n\ndata: {"cut":';

  it.each([1, 2, 7, 1_000])('does not care where %i-byte pieces cut it', async (size) => {
    const events = [];
    for await (const event of parseEvents(inPieces(text, size))) events.push(event);
    expect(events).toEqual([
      { id: '1-0', event: 'file.started', data: { idx: 0 } },
      { event: 'batch.progress', data: { name: 'mané' } },
      { id: '2-0', event: 'x', data: { a: 1 } },
    ]);
  });
});
