import { batchSchema, eventDataSchemas, type EventName } from '@image2model/contracts';
import { photo, readEvents, waitFor, type BatchView, type SseEvent } from '@image2model/testing';
import { startGateway, type GatewayUnderTest } from './support/gateway.js';
import { createStandInWorker, type StandInWorker } from './support/stand-in-worker.js';

let gateway: GatewayUnderTest;
let worker: StandInWorker;
beforeAll(async () => {
  gateway = await startGateway();
  worker = await createStandInWorker(gateway);
});
afterAll(async () => {
  await worker.close();
  await gateway.stop();
});

const urlOf = (id: string): string => `${gateway.gatewayUrl}/v1/batches/${id}/events`;
const follow = (id: string, lastEventId?: string, signal?: AbortSignal): AsyncGenerator<SseEvent> =>
  readEvents({
    url: urlOf(id),
    apiKey: gateway.apiKey,
    lastEventId,
    ...(signal === undefined ? {} : { signal }),
  });
async function all(events: AsyncIterable<SseEvent>): Promise<SseEvent[]> {
  const seen: SseEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}
const facts = (events: readonly SseEvent[]): SseEvent[] => events.filter(({ id }) => id !== undefined);
const open = (id: string, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> =>
  fetch(urlOf(id), {
    headers: { authorization: `Bearer ${gateway.apiKey}`, ...headers },
    ...(signal === undefined ? {} : { signal }),
  });

/** A batch that ended: one file refused at the door, one completed, one failed, one cancelled by nobody. */
async function ended(): Promise<BatchView> {
  const good = await photo();
  const files = ['a.jpg', 'b.jpg', 'bad.jpg'].map((name) => ({
    name,
    bytes: name === 'bad.jpg' ? Buffer.from('no') : good,
  }));
  const batch = await gateway.client.createUploadBatch(files);
  await worker.complete(batch.id, 1);
  await worker.fail(batch.id, 0);
  return batch;
}

describe('an ended batch', () => {
  let batch: BatchView;
  let story: SseEvent[];
  beforeAll(async () => {
    batch = await ended();
    story = await all(follow(batch.id));
  });

  it('tells its whole story after a snapshot, and ends', async () => {
    expect(story.map(({ event, data }) => [event, data['idx']])).toEqual([
      ['snapshot', undefined],
      ['file.failed', 2],
      ['file.started', 1],
      ['file.completed', 1],
      ['file.started', 0],
      ['file.failed', 0],
      ['batch.completed', undefined],
    ]);
    expect(story[0]?.id).toBeUndefined();
    expect(batchSchema.parse(story[0]?.data)).toMatchObject({ id: batch.id, status: 'partial' });
    expect(story.at(-1)?.data).toMatchObject({
      status: 'partial',
      run: 1,
      total: 3,
      completed: 1,
      failed: 2,
      cancelled: 0,
    });
    expect(story[3]?.data).toMatchObject({
      model: { url: `/v1/batches/${batch.id}/files/1/model`, faces: 48 },
    });
    for (const { event, data } of story)
      expect(eventDataSchemas[event as EventName].parse(data)).toEqual(data);
  });

  it('resumes after any of its facts, with the same ids', async () => {
    const known = facts(story);
    for (const [at, { id }] of known.entries())
      expect(await all(follow(batch.id, id))).toEqual(known.slice(at + 1));
    expect(await all(follow(batch.id, '0-0'))).toEqual(known);
  });

  it('sends nothing and ends at once for who knows the end', async () => {
    const started = performance.now();
    expect(await all(follow(batch.id, facts(story).at(-1)?.id))).toEqual([]);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it.each(['x', '1', '1-', '-1', '1-1-1', '12345678901234567-0', '0-0; drop', '9999999999999-0'])(
    'refuses Last-Event-ID %s',
    async (lastEventId) => {
      const answer = await open(batch.id, { 'last-event-id': lastEventId });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ errors: [{ path: 'Last-Event-ID' }] });
    },
  );
});

describe('a running batch', () => {
  it('tells facts as they happen and progress without ids, at most 4 times a second (progress callback per file, pub/sub progress:{job_id} of the Celery design)', async () => {
    const { id } = await gateway.client.createNoopBatch(3);
    const seen: SseEvent[] = [];
    const began = performance.now();
    const reading = (async () => {
      for await (const event of follow(id)) seen.push(event);
    })();
    await waitFor(() => seen.some(({ event }) => event === 'snapshot'));
    await worker.start(id, 0);
    for (let percent = 1; percent <= 100; percent += 1) {
      await worker.progress(id, 0, percent);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    for (const idx of [0, 1, 2]) await worker.complete(id, idx);
    await reading;
    const atMost = (4 * (performance.now() - began)) / 1_000 + 2;
    const moves = seen.filter(({ event }) => event === 'batch.progress');
    expect(moves.length).toBeGreaterThan(3);
    expect(moves.length).toBeLessThanOrEqual(atMost);
    const own = seen.filter(({ event }) => event === 'file.progress');
    expect(own.length).toBeLessThanOrEqual(atMost);
    expect(
      own.every(({ id: fact, data }) => fact === undefined && data['idx'] === 0 && data['stage'] === 'mesh'),
    ).toBe(true);
    for (const { event, data } of seen)
      expect(eventDataSchemas[event as EventName].parse(data)).toEqual(data);
    expect(facts(seen)).toHaveLength(7);
    expect(seen.at(-1)).toMatchObject({
      event: 'batch.completed',
      data: { status: 'completed', completed: 3 },
    });
  });

  it('shows every fact once and in order to a client that drops all the time', async () => {
    const total = 60;
    const { id } = await gateway.client.createNoopBatch(total);
    const work = (async () => {
      for (let idx = 0; idx < total; idx += 1) {
        await worker.complete(id, idx);
        await new Promise((resolve) => setTimeout(resolve, 15));
      }
    })();
    const seen: SseEvent[] = [];
    let last: string | undefined;
    for (let drops = 0; seen.at(-1)?.event !== 'batch.completed' && drops < 200; drops += 1)
      for await (const event of follow(id, last, AbortSignal.timeout(100 + 5 * drops)))
        if (event.id !== undefined) {
          seen.push(event);
          last = event.id;
        }
    await work;
    const once = await all(follow(id, '0-0'));
    expect(seen).toEqual(once);
    expect(once).toHaveLength(2 * total + 1);
  });

  it('tells all of it to clients that come late or read slowly, beside others that are far ahead', async () => {
    const total = 6_000;
    const { id } = await gateway.client.createNoopBatch(total);
    await gateway.client.request('POST', `/v1/batches/${id}/cancel`);
    const ahead = all(follow(id));
    const stalled = await Promise.all([open(id), open(id)]); // nobody reads these for now
    const late: Promise<SseEvent[]>[] = [];
    for (let done = false; !done;) {
      ({ done } = await worker.redis.settlements.cancelWaiting(id, 100));
      if (late.length < 12) late.push(all(follow(id, '0-0')));
    }
    const once = facts(await ahead);
    expect(once.map(({ data }) => data['idx'])).toEqual([
      ...Array.from({ length: total }, (_, idx) => idx),
      undefined,
    ]);
    for (const story of await Promise.all(late)) {
      expect(facts(story)).toHaveLength(total + 1);
      expect(facts(story)).toEqual(once);
    }
    for (const response of stalled) expect((await response.text()).match(/^id: /gm)).toHaveLength(total + 1);
  });

  it('is told apart by many clients at once', async () => {
    const { id } = await gateway.client.createNoopBatch(5);
    const readers = Array.from({ length: 10 }, () => all(follow(id)));
    for (let idx = 0; idx < 5; idx += 1) await worker.complete(id, idx);
    const stories = await Promise.all(readers);
    for (const story of stories) expect(facts(story)).toEqual(facts(stories[0] ?? []));
    expect(facts(stories[0] ?? [])).toHaveLength(11);
  });
});

describe('streams', () => {
  it('are limited to 20 a key, and count down when clients go', async () => {
    const { id } = await gateway.client.createNoopBatch(1);
    const gone = new AbortController();
    const streams = await Promise.all(Array.from({ length: 20 }, () => open(id, {}, gone.signal)));
    expect(streams.map(({ status, headers }) => [status, headers.get('content-type')])).toEqual(
      Array(20).fill([200, 'text/event-stream; charset=utf-8']),
    );
    const refused = await open(id);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
    expect(await refused.json()).toMatchObject({ code: 'too_many_streams' });
    gone.abort();
    await waitFor(async () => {
      const again = new AbortController();
      const { status } = await open(id, {}, again.signal);
      again.abort();
      return status === 200;
    });
  });

  it('end with a comment when the gateway stops', async () => {
    const stopping = await startGateway();
    const { id } = await stopping.client.createNoopBatch(1);
    const response = await fetch(`${stopping.gatewayUrl}/v1/batches/${id}/events`, {
      headers: { authorization: `Bearer ${stopping.apiKey}` },
    });
    const text = response.text();
    await stopping.kill('gateway', 0, 'SIGTERM');
    expect(await text).toMatch(/^retry: 1000\n\nevent: snapshot\n.*: bye\n\n$/s);
    expect(stopping.processes('gateway')[0]?.exit).toEqual({ code: 0, signal: null });
    await stopping.stop();
  });
});
