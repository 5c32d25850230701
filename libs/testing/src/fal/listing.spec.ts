import { closingAfterAll } from '../closing-after-all.js';
import { startCaller, trellis, tripo, type Caller } from '../../test/fal/caller.js';

jest.setTimeout(20_000);
const closing = closingAfterAll();

interface Listing {
  items: { request_id: string; json_input?: unknown; sent_at: string; status_code: number | null }[];
  next_cursor: string | null;
  has_more: boolean;
}

async function list(caller: Caller, query: Record<string, string> = {}, key?: string): Promise<Listing> {
  const asked = new URLSearchParams({ endpoint_id: tripo, ...query });
  const { body } = await caller.ask(
    'GET',
    `https://api.fal.ai/v1/models/requests/by-endpoint?${asked.toString()}`,
    key === undefined ? {} : { key },
  );
  return body as Listing;
}

describe('the listing', () => {
  it('names every accepted job of the endpoint and the key, in pages', async () => {
    const caller = closing(
      await startCaller({ listingPage: 2, keys: { 'stand-in-key': 'ok', other: 'ok' }, concurrency: 0 }),
    );
    const made: string[] = [];
    for (const image of ['a', 'b', 'c'])
      made.push((await caller.submitted({ image: `https://example.com/${image}` })).request_id);
    await caller.submitted({ endpoint: trellis });
    await caller.submitted({ key: 'other' });
    const first = await list(caller);
    const second = await list(caller, { cursor: first.next_cursor ?? '' });
    expect([first.has_more, second.has_more, second.next_cursor]).toEqual([true, false, null]);
    const items = [...first.items, ...second.items];
    expect(items.map(({ request_id }) => request_id)).toEqual(made.reverse());
    expect(items[0]).toMatchObject({ json_input: { image_url: 'https://example.com/c' }, status_code: null });
    expect((await list(caller, {}, 'other')).items).toHaveLength(1);
  });

  it('keeps to the window', async () => {
    const caller = closing(await startCaller());
    await caller.submitted();
    const sentAt = Date.parse((await list(caller)).items[0]?.sent_at ?? '');
    const iso = (ms: number): string => new Date(ms).toISOString();
    expect((await list(caller, { start: iso(sentAt), end: iso(sentAt + 1) })).items).toHaveLength(1);
    expect((await list(caller, { start: iso(sentAt + 1) })).items).toHaveLength(0);
    expect((await list(caller, { end: iso(sentAt) })).items).toHaveLength(0);
    expect(await list(caller, { start: 'yesterday' })).toMatchObject({ detail: 'start is not a time' });
  });

  it('can be off, late, of finished jobs only, and say the input otherwise', async () => {
    const caller = closing(await startCaller({ concurrency: 0, listing: { finishedOnly: true } }));
    const { request_id } = await caller.submitted();
    expect((await list(caller)).items).toHaveLength(0);
    caller.fal.control({ concurrency: 1 });
    await caller.completed(request_id);
    expect((await list(caller)).items).toMatchObject([{ status_code: 200 }]);
    caller.fal.control({ listing: { inputAs: 'string' } });
    expect(typeof (await list(caller)).items[0]?.json_input).toBe('string');
    caller.fal.control({ listing: { inputAs: 'none' } });
    expect((await list(caller)).items[0]).not.toHaveProperty('json_input');
    caller.fal.control({ listing: { lagMs: 60_000 } });
    expect((await list(caller)).items).toHaveLength(0);
    caller.fal.control({ listing: { enabled: false } });
    expect(await list(caller)).toEqual({ detail: 'Not Found' });
  });
});
