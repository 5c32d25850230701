import { newIntentId } from '@image2model/contracts';
import { providerImagePath, webhookToken } from '@image2model/fal';
import { storageKeys } from '@image2model/storage';
import { photo, rawRedis, startProxy, type RawRedis, type TcpProxy } from '@image2model/testing';
import { startGateway, type GatewayUnderTest } from './support/gateway.js';
import { createStandInWorker, type StandInWorker } from './support/stand-in-worker.js';

const falKey = 'key-id:key-secret-1234567890';
let proxy: TcpProxy;
let gateway: GatewayUnderTest;
let worker: StandInWorker;
let redis: RawRedis;
let jpeg: Uint8Array;
beforeAll(async () => {
  gateway = await startGateway({ FAL_KEY: falKey, FAL_ORIGIN: 'http://127.0.0.1:9' });
  worker = await createStandInWorker(gateway);
  redis = rawRedis(gateway.redisUrl);
  jpeg = await photo();
});
afterAll(async () => {
  await worker.close();
  await gateway.stop();
});

interface Offered {
  id: string;
  intent: string;
  path: string;
  seen(): Promise<unknown>;
}
/** A file whose submit is under way, and whose image can be fetched. */
async function offered(image: Uint8Array = jpeg): Promise<Offered> {
  const { id } = await gateway.client.createNoopBatch(1);
  const token = await worker.start(id, 0);
  const intent = newIntentId(id, 0);
  const path = providerImagePath(falKey, intent);
  await worker.storage.write(storageKeys.providerImage(id, 0, intent), image);
  const request = { intent, priceMicro: 1, mostSubmits: 3, imageUrl: `https://x${path}`, endpoint: 'e' };
  expect(await worker.redis.ledger.intend(id, { idx: 0, token }, request)).toBe('ok');
  return { id, intent, path, seen: () => redis('HGET', `i2m:{${id}}:a:0`, 'seen') };
}
const get = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(gateway.gatewayUrl + path, init);
const bytesOf = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer());
const problemOf = async (path: string): Promise<[number, unknown]> => {
  const answer = await get(path);
  return [answer.status, ((await answer.json()) as { code: string }).code];
};

it('gives the image of a submit without an API key, and notes that it was fetched', async () => {
  const { path, seen } = await offered();
  expect(await seen()).toBeNull();
  const answer = await get(path);
  expect([
    answer.status,
    ...['content-type', 'cache-control'].map((name) => answer.headers.get(name)),
  ]).toEqual([200, 'image/jpeg', 'no-store']);
  expect(answer.headers.get('content-length')).toBe(String(jpeg.length));
  expect((await bytesOf(answer)).equals(jpeg)).toBe(true);
  expect(Number(await seen())).toBeGreaterThan(1e12);
});

it('answers HEAD with the headers alone, which counts as well', async () => {
  const { path, seen } = await offered(Buffer.from('\x89PNG\r\n\x1a\nrest', 'latin1'));
  const answer = await get(path, { method: 'HEAD' });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png']);
  expect([answer.headers.get('content-length'), await answer.text()]).toEqual(['12', '']);
  expect(await seen()).not.toBeNull();
});

it('gives one range', async () => {
  const { path } = await offered();
  const part = await get(path, { headers: { Range: 'bytes=2-5' } });
  expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 2-5/${jpeg.length}`]);
  expect((await bytesOf(part)).equals(jpeg.subarray(2, 6))).toBe(true);
  const none = await get(path, { headers: { Range: `bytes=${jpeg.length}-` } });
  expect([none.status, none.headers.get('content-range')]).toEqual([416, `bytes */${jpeg.length}`]);
});

it('is not there for a token that was not made for it', async () => {
  const { intent, path, seen } = await offered();
  const other = providerImagePath('other', intent);
  const ofWebhook = `/v1/provider-images/${webhookToken(falKey, intent)}`;
  const ofAnotherFile = path.replace('_0_', '_1_');
  for (const bad of [other, ofWebhook, ofAnotherFile, path.slice(0, -2), '/v1/provider-images/x'])
    expect(await problemOf(bad)).toEqual([404, 'not_found']);
  expect((await get(path, { method: 'POST' })).status).toBe(405);
  expect(await seen()).toBeNull();
});

it('is gone when its intent was given up, or its file has ended', async () => {
  const doubted = await offered();
  await worker.redis.ledger.doubt(doubted.id, 0, doubted.intent, true);
  expect(await problemOf(doubted.path)).toEqual([410, 'gone']);
  const ended = await offered();
  await worker.fail(ended.id, 0);
  expect(await problemOf(ended.path)).toEqual([410, 'gone']);
  const never = newIntentId(ended.id, 0);
  expect(await problemOf(providerImagePath(falKey, never))).toEqual([410, 'gone']);
});

it('gives nothing while it cannot be noted', async () => {
  proxy = await startProxy(gateway.redisUrl);
  const cut = await startGateway({
    ...{ FAL_KEY: falKey, FAL_ORIGIN: 'http://127.0.0.1:9', REDIS_URL: proxy.url },
    STORAGE_URL: gateway.storageDir,
  });
  try {
    const { path } = await offered();
    expect((await fetch(cut.gatewayUrl + path)).status).toBe(200);
    await proxy.close();
    expect((await fetch(cut.gatewayUrl + path)).status).toBe(503);
  } finally {
    await cut.stop();
  }
});

it('links need a public URL', async () => {
  const failure: unknown = await startGateway({ FAL_IMAGES: 'link' }).catch((error: unknown) => error);
  expect(String(failure)).toMatch(/"code":78/);
  expect(String(failure)).toContain('I2M_PUBLIC_URL: is required by FAL_IMAGES link');
});
