import { newBatchId, newIntentId } from '@image2model/contracts';
import { webhookPath } from '@image2model/fal';
import {
  createRedisDatabase,
  createVhost,
  startProxy,
  waitFor,
  watchEvents,
  type EventWatcher,
  type RedisDatabase,
  type TcpProxy,
  type Vhost,
} from '@image2model/testing';
import { startGateway, type GatewayUnderTest } from './support/gateway.js';
import { startKeySet, type KeySet } from './support/key-set.js';

const falKey = 'key-id:key-secret-1234567890';
const batchId = newBatchId();
let vhost: Vhost;
let database: RedisDatabase;
let rabbit: TcpProxy;
let redis: TcpProxy;
let keySet: KeySet;
let gateway: GatewayUnderTest;
let watcher: EventWatcher;
beforeAll(async () => {
  [vhost, database, keySet] = await Promise.all([createVhost(), createRedisDatabase(), startKeySet()]);
  [rabbit, redis] = await Promise.all([startProxy(vhost.url), startProxy(database.url)]);
  gateway = await startGateway({
    FAL_KEY: falKey,
    FAL_ORIGIN: keySet.origin,
    AMQP_URL: rabbit.url,
    REDIS_URL: redis.url,
  });
  watcher = await watchEvents(vhost.url);
});
afterAll(async () => {
  await watcher.close();
  await gateway.stop();
  await Promise.all([rabbit.close(), redis.close(), keySet.close()]);
  await Promise.all([vhost.close(), database.close()]);
});

const bodyOf = (requestId: string, more: object = {}): string =>
  JSON.stringify({
    request_id: requestId,
    gateway_request_id: requestId,
    status: 'OK',
    payload: {},
    ...more,
  });
const send = (path: string, body: string | Buffer, headers: Record<string, string>): Promise<Response> =>
  fetch(gateway.gatewayUrl + path, {
    method: 'POST',
    body: new Uint8Array(Buffer.from(body)),
    headers: { 'Content-Type': 'application/json', ...headers },
  });
const heard = (intent: string): unknown[] =>
  watcher.of('generation.notified').filter(({ payload }) => payload['intent'] === intent);
const fresh = (): { intent: string; path: string; requestId: string } => {
  const intent = newIntentId(batchId, 7);
  return { intent, path: webhookPath(falKey, intent), requestId: `r-${intent.slice(-16)}` };
};
const problemOf = async (answer: Response): Promise<[number, unknown]> => {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  return [answer.status, ((await answer.json()) as { code: string }).code];
};

it.each(['OK', 'ERROR'])(
  'passes a signed call with status %s on, once, without an API key',
  async (status) => {
    const { intent, path, requestId } = fresh();
    const body = bodyOf(requestId, { status, error: status === 'OK' ? null : 'no' });
    for (let copy = 0; copy < 3; copy += 1) {
      const answer = await send(path, body, keySet.signed(body, requestId));
      expect([answer.status, await answer.json()]).toEqual([200, { received: true }]);
    }
    await waitFor(() => heard(intent).length > 0);
    expect(heard(intent)).toMatchObject([
      { batchId, fileIdx: 7, payload: { provider: 'fal', intent, requestId } },
    ]);
  },
);

it('passes ten copies at once on once, and other requests of the intent too', async () => {
  const { intent, path, requestId } = fresh();
  const calls = Array.from({ length: 10 }, (_, copy) => (copy < 8 ? requestId : `${requestId}-again`));
  const answers = await Promise.all(calls.map((id) => send(path, bodyOf(id), keySet.signed(bodyOf(id), id))));
  expect(answers.map(({ status }) => status)).toEqual(calls.map(() => 200));
  await waitFor(() => heard(intent).length >= 2);
  expect(heard(intent)).toHaveLength(2);
});

it.each<
  [
    string,
    number,
    string,
    (call: ReturnType<typeof fresh>) => [path: string, body: string, headers: Record<string, string>],
  ]
>([
  [
    'no token',
    404,
    'not_found',
    ({ requestId: id }) => ['/v1/provider-webhooks/fal/x', bodyOf(id), keySet.signed(bodyOf(id), id)],
  ],
  [
    "another key's token",
    404,
    'not_found',
    ({ intent, requestId: id }) => [webhookPath('other', intent), bodyOf(id), keySet.signed(bodyOf(id), id)],
  ],
  ['no signature', 401, 'webhook_unsigned', ({ path, requestId: id }) => [path, bodyOf(id), {}]],
  [
    'a signature of another body',
    401,
    'webhook_wrong_signature',
    ({ path, requestId: id }) => [path, bodyOf(id), keySet.signed(bodyOf('other'), id)],
  ],
  [
    'an old timestamp',
    401,
    'webhook_stale',
    ({ path, requestId: id }) => [
      path,
      bodyOf(id),
      keySet.signed(bodyOf(id), id, Math.floor(Date.now() / 1_000) - 301),
    ],
  ],
  [
    'a body that is not JSON',
    400,
    'invalid_json',
    ({ path, requestId: id }) => [path, 'status=OK', keySet.signed('status=OK', id)],
  ],
  [
    'no request id',
    400,
    'invalid_request',
    ({ path, requestId: id }) => [path, '{"status":"OK"}', keySet.signed('{"status":"OK"}', id)],
  ],
  [
    'an unknown status',
    400,
    'invalid_request',
    ({ path, requestId: id }) => [
      path,
      bodyOf(id, { status: 'MAYBE' }),
      keySet.signed(bodyOf(id, { status: 'MAYBE' }), id),
    ],
  ],
  [
    '2 MB',
    413,
    'payload_too_large',
    ({ path, requestId: id }) => [path, bodyOf(id, { payload: 'x'.repeat(2 << 20) }), {}],
  ],
  [
    'a packed body',
    415,
    'unsupported_media_type',
    ({ path, requestId: id }) => [path, bodyOf(id), { 'Content-Encoding': 'gzip' }],
  ],
])('refuses a call with %s: %d %s', async (_what, status, code, make) => {
  const call = fresh();
  expect(await problemOf(await send(...make(call)))).toEqual([status, code]);
  expect(heard(call.intent)).toEqual([]);
});

it('names every field that is wrong', async () => {
  const { path, requestId } = fresh();
  const answer = await send(path, '{}', keySet.signed('{}', requestId));
  expect(((await answer.json()) as { errors: { path: string }[] }).errors.map(({ path: at }) => at)).toEqual([
    'request_id',
    'status',
  ]);
});

it('has one method', async () => {
  const answer = await fetch(gateway.gatewayUrl + fresh().path);
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
});

it('asks the provider to come again while RabbitMQ or Redis is away, and passes it on then', async () => {
  const { intent, path, requestId } = fresh();
  const body = bodyOf(requestId);
  const call = (): Promise<Response> => send(path, body, keySet.signed(body, requestId));
  for (const proxy of [rabbit, redis]) {
    proxy.cut();
    const away = await call();
    expect(Number(away.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await problemOf(away)).toEqual([503, 'unavailable']);
    proxy.restore();
  }
  await waitFor(async () => (await call()).status === 200, { what: 'a 200' });
  await waitFor(() => heard(intent).length > 0);
  expect(heard(intent)).toHaveLength(1);
});

it('asks the provider to come again while its keys cannot be had', async () => {
  const others = await startKeySet();
  others.away(true);
  const other = await startGateway({ FAL_KEY: falKey, FAL_ORIGIN: others.origin });
  const { path, requestId } = fresh();
  const body = bodyOf(requestId);
  const call = (): Promise<Response> =>
    fetch(other.gatewayUrl + path, { method: 'POST', body, headers: others.signed(body, requestId) });
  expect(await problemOf(await call())).toEqual([503, 'unavailable']);
  others.away(false);
  expect((await call()).status).toBe(200);
  await Promise.all([other.stop(), others.close()]);
});

it('is not there without a key', async () => {
  const other = await startGateway();
  const { path, requestId } = fresh();
  const answer = await fetch(other.gatewayUrl + path, {
    method: 'POST',
    body: bodyOf(requestId),
    headers: keySet.signed(bodyOf(requestId), requestId),
  });
  expect(await problemOf(answer)).toEqual([404, 'not_found']);
  await other.stop();
});

it('writes neither keys nor tokens to its log', () => {
  expect(gateway.logs()).toContain('/v1/provider-webhooks/fal/{intent}');
  expect(gateway.logs()).toContain(batchId);
  expect(gateway.logs()).not.toContain(falKey);
  expect(gateway.logs()).not.toMatch(/int_[0-9a-f]{32}_7_[0-9a-f]{16}\./);
});
