import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem, Quote } from '@image2model/contracts';
import { photo, uploadForm, type Answer } from '@image2model/testing';
import { startGateway, type GatewayUnderTest } from './support/gateway.js';
import { refusal } from './support/refusal.js';

let gateway: GatewayUnderTest;
let good: Buffer;
beforeAll(async () => {
  gateway = await startGateway({ I2M_NOOP_MS: '500', FAL_KEY: 'k', FAL_CONCURRENCY: '4' });
  good = await photo();
});
afterAll(() => gateway.stop());

type Body = NonNullable<RequestInit['body']>;
const ask = (body: Body, headers: Record<string, string> = {}): Promise<Answer> =>
  gateway.client.request('POST', '/v1/batches:quote', { body, headers });
const json = (body: unknown): Promise<Answer> =>
  ask(JSON.stringify(body), { 'content-type': 'application/json' });
const quoteOf = ({ status, body }: Answer): Quote => {
  expect({ status, body }).toMatchObject({ status: 200 });
  return body as Quote;
};
afterEach(async () => {
  expect(await gateway.stored()).toEqual([]);
  expect(await readdir(join(gateway.storageDir, 'batches')).catch(() => [])).toEqual([]);
  expect(await gateway.batchKeys()).toEqual([]);
});

const images = Array.from({ length: 8 }, (_, idx) => ({ url: `https://example.com/${idx}.jpg` }));

it('prices URLs by endpoint and settings', async () => {
  const quote = quoteOf(await json({ images, settings: { texture: 'HD' } }));
  expect(quote).toMatchObject({ total_files: 8, cost: { estimated_usd: 3.2, per_file_usd: 0.4 } });
  const [low, high] = quote.duration_seconds;
  expect(low).toBeGreaterThan(0);
  expect(high).toBeGreaterThan(low);
  const trellis = await json({ images, settings: { endpoint: 'fal-ai/trellis' } });
  expect(quoteOf(trellis).cost).toEqual({ estimated_usd: 0.16, per_file_usd: 0.02 });
});

it('counts the good ones of an upload, and keeps none', async () => {
  const files = [
    { name: 'a.jpg', bytes: good },
    { name: 'b.jpg', bytes: Buffer.from('no image') },
    { name: 'c.jpg', bytes: good },
  ];
  const fields = { settings: '{"texture":"no"}', budget_usd: '0.1' };
  expect(quoteOf(await ask(uploadForm(files, fields)))).toMatchObject({
    total_files: 3,
    cost: { estimated_usd: 0.4, per_file_usd: 0.2 },
  });
});

it('costs nothing with the providers that cost nothing', async () => {
  expect(quoteOf(await json({ provider: 'noop', count: 100 }))).toEqual({
    total_files: 100,
    cost: { estimated_usd: 0, per_file_usd: 0 },
    duration_seconds: [50, 50],
  });
  expect(quoteOf(await json({ images, provider: 'embedded' })).cost.estimated_usd).toBe(0);
});

it('refuses what the creation refuses', async () => {
  const bad = [
    () => json({ images, settings: { endpoint: 'fal-ai/none' } }),
    () => json({ images, budget_usd: -1 }),
    () => json({ images: [{ url: 'x' }] }),
    () => ask(uploadForm([{ name: 'a.jpg', bytes: Buffer.from('no') }])),
    () => ask(uploadForm([])),
  ];
  for (const asking of bad) await refusal(gateway, asking(), 422, '/v1/batches:quote');
  await refusal(gateway, ask('x', { 'content-type': 'text/plain' }), 415, '/v1/batches:quote');
});

it('is a path of its own', async () => {
  expect((await gateway.client.request('GET', '/v1/batches:quote')).status).toBe(405);
  for (const path of ['/v1/batchesquote', '/v1/batches:price']) {
    const { status, body } = await gateway.client.request('POST', path);
    expect([status, (body as Problem).code]).toEqual([404, 'not_found']);
  }
});
