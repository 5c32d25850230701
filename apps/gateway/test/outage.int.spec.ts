import {
  type Answer,
  createRedisDatabase,
  createVhost,
  photo,
  type RedisDatabase,
  startProxy,
  type TcpProxy,
  uploadForm,
  type Vhost,
  waitFor,
} from '@image2model/testing';
import { startGateway, type GatewayUnderTest } from './support/gateway.js';
import { beginUpload } from './support/slow-upload.js';

let database: RedisDatabase;
let vhost: Vhost;
let redis: TcpProxy;
let rabbit: TcpProxy;
let gateway: GatewayUnderTest;
let good: Buffer;
beforeAll(async () => {
  [database, vhost] = await Promise.all([createRedisDatabase(), createVhost()]);
  [redis, rabbit] = await Promise.all([startProxy(database.url), startProxy(vhost.url)]);
  gateway = await startGateway({ REDIS_URL: redis.url, AMQP_URL: rabbit.url });
  good = await photo();
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([redis.close(), rabbit.close()]);
  await Promise.all([database.close(), vhost.close()]);
});

const upload = (): Promise<Answer> =>
  gateway.client.request('POST', '/v1/batches', { body: uploadForm([{ name: 'a.jpg', bytes: good }]) });
const ready = async (): Promise<number> =>
  (await fetch(`${gateway.processes('gateway')[0]?.adminUrl}/readyz`)).status;
const accepting = (): Promise<true> =>
  waitFor(async () => (await upload()).status === 202, { everyMs: 500, what: 'a 202' });

it('answers 503 with Retry-After while RabbitMQ is away, and is not ready', async () => {
  await accepting();
  const before = await gateway.stored();
  rabbit.cut();
  const answer = await waitFor(async () => {
    const asked = await upload();
    return asked.status === 503 && asked;
  });
  expect(answer.headers.get('retry-after')).toBe('30');
  expect(answer.body).toMatchObject({ status: 503, code: 'unavailable' });
  expect(await ready()).toBe(503);
  expect((await gateway.client.request('GET', '/v1/batches')).status).toBe(200);
  const kept = await gateway.stored();
  expect(kept.length % 2).toBe(0);
  expect(kept.length).toBeGreaterThanOrEqual(before.length);
  rabbit.restore();
  await waitFor(async () => (await ready()) === 200);
  await accepting();
});

it('answers 503 while Redis is away, to everything', async () => {
  redis.cut();
  for (const asked of [
    upload(),
    gateway.client.request('GET', '/v1/batches'),
    gateway.client.request('GET', `/v1/batches/bat_${'0'.repeat(32)}`),
  ]) {
    const answer = await asked;
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);
    expect(answer.body).toMatchObject({ status: 503, code: 'unavailable' });
  }
  expect(await ready()).toBe(503);
  redis.restore();
  await waitFor(async () => (await ready()) === 200);
  await accepting();
});

it('an upload that loses Redis on its way is refused, and leaves nothing behind once Redis is back', async () => {
  const [before, keys] = [await gateway.stored(), await gateway.batchKeys()];
  const slow = await beginUpload(gateway.gatewayUrl, gateway.apiKey);
  await slow.send(good.subarray(0, 1000));
  await waitFor(async () => (await gateway.stored()).length > before.length);
  redis.cut();
  await slow.send(good.subarray(1000));
  expect(await slow.finish()).toMatch(/^HTTP\/1.1 503 /);
  expect(await gateway.stored()).toEqual(before);
  redis.restore();
  await waitFor(async () => (await ready()) === 200);
  expect(await gateway.batchKeys()).toEqual(keys);
});

it('answers 503 while the disk is nearly full', async () => {
  const full = await startGateway({ I2M_MIN_FREE_MB: '10000000' });
  const answer = await full.client.request('POST', '/v1/batches', {
    body: uploadForm([{ name: 'a.jpg', bytes: good }]),
  });
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '60']);
  expect(await full.stored()).toEqual([]);
  expect((await full.client.request('GET', '/v1/batches')).status).toBe(200);
  await full.stop();
});
