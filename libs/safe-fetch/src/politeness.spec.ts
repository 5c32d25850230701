import { serve, type CountingServer } from '../test/support/image-server.js';
import { createHostGate } from './host-gate.js';
import { createSafeFetch } from './safe-fetch.js';

let server: CountingServer;
afterEach(() => server.close());
const request = { maxBytes: 1_000, signal: new AbortController().signal };
/** As many requests as one may have, each with a signal of its own. */
const anew = (): typeof request => ({ ...request, signal: new AbortController().signal });
const drain = async ({ body }: { body: AsyncIterable<Buffer> }): Promise<void> => {
  for await (const _chunk of body);
};

it.each([4, 2])('a host sees %d requests at once and never more', async (perHost) => {
  let inside = 0;
  let most = 0;
  server = await serve((_request, response) => {
    inside += 1;
    most = Math.max(most, inside);
    setTimeout(() => {
      inside -= 1;
      response.end('x');
    }, 10);
  });
  const fetchUrl = createSafeFetch({ allow: [server.host], ...(perHost === 4 ? {} : { perHost }) });
  await Promise.all(Array.from({ length: 30 }, (_, n) => fetchUrl(`${server.origin}/${n}`, anew(), drain)));
  expect([most, server.connections]).toEqual([perHost, 30]);
});

it('a body that is being read counts, too', async () => {
  server = await serve((_request, response) => response.end('x'));
  const fetchUrl = createSafeFetch({ allow: [server.host], perHost: 1 });
  let done = (): void => undefined;
  const reading = fetchUrl(server.origin, request, () => new Promise<void>((resolve) => (done = resolve)));
  const second = fetchUrl(server.origin, request, drain);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(server.connections).toBe(1);
  done();
  await Promise.all([reading, second]);
  expect(server.connections).toBe(2);
});

it('Retry-After keeps the whole process away from the host, and tells for how long', async () => {
  let asked = 0;
  server = await serve((_request, response) => {
    asked += 1;
    if (asked === 1) response.writeHead(429, { 'Retry-After': '1' }).end();
    else response.end('x');
  });
  const fetchUrl = createSafeFetch({ allow: [server.host] });
  await expect(fetchUrl(server.origin, request, drain)).rejects.toMatchObject({
    fault: 'server',
    retryAfterMs: 1_000,
  });
  await expect(fetchUrl(server.origin, request, drain)).rejects.toMatchObject({
    fault: 'busy',
    retryable: true,
    retryAfterMs: expect.any(Number),
  });
  expect([asked, server.connections]).toEqual([1, 1]);
  await new Promise((resolve) => setTimeout(resolve, 1_050));
  await fetchUrl(server.origin, request, drain);
  expect(asked).toBe(2);
});

it.each([
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['7200', 300_000],
  ['soon', undefined],
])('Retry-After: %s', async (text, retryAfterMs) => {
  server = await serve((_request, response) => response.writeHead(503, { 'Retry-After': text }).end());
  const fetchUrl = createSafeFetch({ allow: [server.host] });
  await expect(fetchUrl(server.origin, request, drain)).rejects.toMatchObject({
    fault: 'server',
    retryAfterMs,
  });
});

describe('the gate', () => {
  // no server: nothing is asked
  beforeEach(async () => {
    server = await serve(() => undefined);
  });
  const open = new AbortController().signal;

  it('gives a slot on to the next in line, and each slot back once', async () => {
    const gate = createHostGate(1);
    const leave = await gate.enter('a', open);
    const order: number[] = [];
    const second = gate.enter('a', open).then((out) => (order.push(2), out));
    const third = gate.enter('a', open).then((out) => (order.push(3), out));
    await gate.enter('b', open);
    leave();
    leave();
    (await second)();
    (await third)();
    expect(order).toEqual([2, 3]);
    (await gate.enter('a', open))();
  });

  it('lets go of who is told to stop', async () => {
    const gate = createHostGate(1);
    const leave = await gate.enter('a', open);
    const stop = new AbortController();
    const waiting = gate.enter('a', stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    leave();
    (await gate.enter('a', open))();
  });

  it('sends those in line away when their host asks for time', async () => {
    let now = 0;
    const gate = createHostGate(1, () => now);
    const leave = await gate.enter('a', open);
    const waiting = gate.enter('a', open);
    gate.leaveAlone('a', 1_000);
    gate.leaveAlone('a', 10);
    leave();
    await expect(waiting).rejects.toMatchObject({ fault: 'busy', retryAfterMs: 1_000 });
    now = 1_001;
    (await gate.enter('a', open))();
  });
});
