import {
  bombPng,
  disallowedImages,
  photo,
  readEvents,
  startSystem,
  truncatedJpeg,
  waitFor,
  type SseEvent,
  type System,
} from '@image2model/testing';

/** All five services: what a caller sees of the whole path. */
let system: System;
beforeAll(async () => {
  system = await startSystem({ env: { I2M_NOOP_MS: '50' } });
});
afterAll(() => system.stop());

const urlOf = (id: string): string => `${system.gatewayUrl}/v1/batches/${id}/events`;
const startedAt = ({ id = '' }: SseEvent): number => Number(id.split('-')[0]);
async function allFacts(id: string): Promise<SseEvent[]> {
  const facts: SseEvent[] = [];
  for await (const event of readEvents({ url: urlOf(id), apiKey: system.apiKey, lastEventId: '0-0' }))
    if (event.id !== undefined) facts.push(event);
  return facts;
}

it('60 photos, every third of them bad: the good ones complete, the bad ones say why', async () => {
  const { gif, pdf, text, empty } = await disallowedImages();
  const bad: [bytes: Buffer, code: string][] = [
    [gif, 'input.unsupported_format'],
    [await truncatedJpeg(), 'input.truncated'],
    [empty, 'input.empty'],
    [bombPng(), 'input.too_many_pixels'],
    [text, 'input.unsupported_format'],
    [pdf, 'input.unsupported_format'],
  ];
  const badAt = (n: number): [bytes: Buffer, code: string] | undefined =>
    n % 3 === 2 ? bad[Math.floor(n / 3) % bad.length] : undefined;
  const files = await Promise.all(
    Array.from({ length: 60 }, async (_, n) => ({
      name: `${n}.jpg`,
      bytes: badAt(n)?.[0] ?? (await photo({ width: 160, height: 120, seed: n })),
    })),
  );
  const { id } = await system.client.createUploadBatch(files, { settings: '{"face_limit":500}' });
  expect(await system.client.waitForTerminal(id, 200_000)).toMatchObject({
    status: 'partial',
    progress: 100,
    counts: { pending: 0, running: 0, completed: 40, failed: 20, cancelled: 0 },
  });
  for (const [n, file] of (await system.client.listFiles(id)).entries()) {
    const code = badAt(n)?.[1];
    if (code !== undefined)
      expect(file).toMatchObject({
        idx: n,
        status: 'failed',
        model: null,
        error: { code, retryable: false },
      });
    else
      expect(file).toMatchObject({
        idx: n,
        status: 'completed',
        error: null,
        model: { faces: expect.any(Number), sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      });
  }
  const { status, body } = await system.client.request('GET', `/v1/batches/${id}/files/0/model`);
  expect([status, (body as Buffer).subarray(0, 4).toString()]).toEqual([200, 'glTF']);
});

it('a cancel in the middle of 1,000 files: nothing starts after the answer, and the batch ends within 10 s', async () => {
  const { id } = await system.client.createNoopBatch(1_000);
  await waitFor(async () => (await system.client.getBatch(id)).counts.completed > 100);
  const answer = await system.client.request('POST', `/v1/batches/${id}/cancel`);
  const answeredAt = Date.now();
  expect(answer).toMatchObject({ status: 200, body: { id, status: expect.stringMatching(/^cancel/) } });
  const batch = await system.client.waitForTerminal(id, 10_000);
  expect(batch).toMatchObject({ status: 'cancelled', counts: { pending: 0, running: 0 } });
  expect(batch.counts.cancelled).toBeGreaterThan(0);
  const facts = await allFacts(id);
  const starts = facts.filter(({ event }) => event === 'file.started').map(startedAt);
  expect(starts.filter((at) => at > answeredAt)).toEqual([]);
  expect(
    new Set(
      facts
        .filter(({ event }) => /completed|failed|cancelled/.test(event) && event.startsWith('file.'))
        .map(({ data }) => data['idx']),
    ).size,
  ).toBe(1_000);
  expect(facts.filter(({ event }) => event === 'batch.completed')).toHaveLength(1);
});

it('a client that drops every second and resumes sees every fact once, in order', async () => {
  const { id } = await system.client.createNoopBatch(1_000);
  const seen: SseEvent[] = [];
  let drops = 0;
  for (let last: string | undefined; seen.at(-1)?.event !== 'batch.completed'; drops += 1)
    for await (const event of readEvents({
      url: urlOf(id),
      apiKey: system.apiKey,
      lastEventId: last,
      signal: AbortSignal.timeout(1_000),
    }))
      if (event.id !== undefined) {
        seen.push(event);
        last = event.id;
      }
  expect(drops).toBeGreaterThan(2);
  expect(seen.map(({ id: fact }) => fact)).toEqual((await allFacts(id)).map(({ id: fact }) => fact));
  const settled = seen.filter(({ event }) => event === 'file.completed').map(({ data }) => data['idx']);
  expect([settled.length, new Set(settled).size]).toEqual([1_000, 1_000]);
});
