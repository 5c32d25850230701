import { createClient, newApiKey, photo, uploadForm, type BatchView } from '@image2model/testing';
import { startGateway, type GatewayUnderTest } from './support/gateway.js';

let gateway: GatewayUnderTest;
let batch: BatchView;
beforeAll(async () => {
  gateway = await startGateway();
  batch = await gateway.client.createUploadBatch([{ name: 'a.jpg', bytes: await photo() }], { name: 'mine' });
});
afterAll(() => gateway.stop());

const absent = `bat_${'0'.repeat(32)}`;
const routesOf = (id: string): [method: string, path: string][] => [
  ['GET', `/v1/batches/${id}`],
  ['GET', `/v1/batches/${id}/files`],
  ['GET', `/v1/batches/${id}/files/0`],
  ['GET', `/v1/batches/${id}/files/0/model`],
  ['GET', `/v1/batches/${id}/files/0/thumbnail`],
  ['GET', `/v1/batches/${id}/manifest`],
  ['GET', `/v1/batches/${id}/results.zip`],
  ['GET', `/v1/batches/${id}/audit`],
  ['GET', `/v1/batches/${id}/events`],
  ['POST', `/v1/batches/${id}/cancel`],
  ['DELETE', `/v1/batches/${id}`],
];
const bare = (method: string, path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(gateway.gatewayUrl + path, { method, headers });

describe('keys', () => {
  it.each([['GET', '/v1/batches'], ['POST', '/v1/batches'], ...routesOf(absent)])(
    '%s %s needs one',
    async (method, path) => {
      const wrong = `i2m_${gateway.apiKey.slice(4, 12)}_${'A'.repeat(43)}`;
      for (const authorization of [
        undefined,
        `Bearer ${newApiKey()}`,
        `Bearer ${wrong}`,
        `Basic ${gateway.apiKey}`,
        'Bearer',
      ]) {
        const answer = await bare(method, path, authorization === undefined ? {} : { authorization });
        expect(answer.status).toBe(401);
        expect(answer.headers.get('www-authenticate')).toBe('Bearer');
        expect(await answer.json()).toMatchObject({ status: 401, code: 'unauthorized' });
      }
    },
  );

  it('are not looked for in the query', async () => {
    expect((await bare('GET', `/v1/batches?api_key=${gateway.apiKey}`)).status).toBe(401);
  });

  it('are never written to the log', async () => {
    await gateway.client.getBatch(batch.id);
    expect(gateway.logs()).toContain('"route":"/v1/batches/{id}"');
    expect(gateway.logs()).not.toContain(gateway.apiKey.slice(13));
  });
});

describe('tenants', () => {
  it('get for a foreign batch what they get for one that never was, to the byte', async () => {
    const id = { 'x-request-id': 'same' };
    const other = await startGateway({ I2M_API_KEYS: `acme:${gateway.stranger.apiKey}` });
    const elsewhere = createClient(other.gatewayUrl, gateway.stranger.apiKey);
    for (const [method, path] of routesOf(batch.id)) {
      const foreign = await gateway.stranger.request(method, path, { headers: id });
      const never = await elsewhere.request(method, path, { headers: id });
      expect({ path, status: foreign.status, body: foreign.body }).toEqual({
        path,
        status: 404,
        body: never.body,
      });
    }
    await other.stop();
    expect(await gateway.client.getBatch(batch.id)).toMatchObject({ status: 'queued', name: 'mine' });
  });

  it('see their own batches only', async () => {
    expect((await gateway.stranger.request('GET', '/v1/batches')).body).toEqual({
      data: [],
      next_cursor: null,
    });
    expect((await gateway.client.request('GET', '/v1/batches')).body).toMatchObject({
      data: [{ id: batch.id }],
    });
  });
});

describe('every answer', () => {
  it('carries the sane request id it was sent, else a new one', async () => {
    const idOf = async (sent?: string): Promise<string | null> => {
      const answer = await bare('GET', '/v1/nothing', sent === undefined ? {} : { 'x-request-id': sent });
      expect(await answer.json()).toMatchObject({ request_id: answer.headers.get('x-request-id') });
      return answer.headers.get('x-request-id');
    };
    expect(await idOf('order-17.b:3')).toBe('order-17.b:3');
    for (const bad of [undefined, 'a b', 'x'.repeat(129), '<script>', '-dash'])
      expect(await idOf(bad)).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    '/',
    '/v1',
    '/v1/batches/x/y/z',
    '/livez',
    '/metrics',
    '/openapi.json',
    '/v1/ops',
    '/v1/ops/nothing',
    '/..%2f..%2fetc%2fpasswd',
  ])('is 404 for %s', async (path) => {
    const answer = await gateway.client.request('GET', path);
    expect([answer.status, answer.body]).toEqual([
      404,
      expect.objectContaining({ code: 'not_found', status: 404 }),
    ]);
  });

  it.each([
    ['DELETE', '/v1/batches', 'POST, GET, HEAD'],
    ['PUT', `/v1/batches/${absent}`, 'GET, HEAD, PATCH, DELETE'],
    ['PUT', '/v1/ops/providers/fal/pause', 'POST'],
    ['GET', '/v1/batches:quote', 'POST'],
    ['DELETE', `/v1/batches/${absent}/files`, 'GET, HEAD'],
    ['GET', `/v1/batches/${absent}/cancel`, 'POST'],
    ['OPTIONS', `/v1/batches/${absent}/files`, 'GET, HEAD'],
  ])('is 405 with Allow for %s %s', async (method, path, allow) => {
    const answer = await gateway.client.request(method, path);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
    expect(answer.body).toMatchObject({ code: 'method_not_allowed' });
  });

  it.each(['seal', 'images'])('is 404 for POST …/%s: there is no such route', async (action) => {
    expect((await gateway.client.request('POST', `/v1/batches/${batch.id}/${action}`)).status).toBe(404);
  });

  it('cannot be sniffed, framed or scripted, and does not say what serves it', async () => {
    const { headers } = await gateway.client.request('GET', '/v1/batches');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('is a problem even for what is hardly HTTP', async () => {
    const long = await bare('GET', '/v1/batches', { 'x-long': 'x'.repeat(17_000) });
    expect([long.status, long.headers.get('content-type')]).toEqual([431, 'application/problem+json']);
    expect(await long.json()).toMatchObject({
      code: 'invalid_http',
      request_id: long.headers.get('x-request-id'),
    });
    expect((await gateway.client.request('GET', '/v1/batches/%E0%A4%A')).status).toBe(400);
  });
});

it.each(['x', 'bat_x', `BAT_${'0'.repeat(32)}`, `bat_${'0'.repeat(31)}`, '..', '%2e%2e', 'bat_%00'])(
  'treats the id %s as absent',
  async (id) => {
    expect((await gateway.client.request('GET', `/v1/batches/${id}/files`)).status).toBe(404);
  },
);

it.each(['-1', '1', '01', '1.0', 'x', '99999999', '0x0'])(
  'treats the file index %s as absent',
  async (idx) => {
    expect((await gateway.client.request('GET', `/v1/batches/${batch.id}/files/${idx}`)).status).toBe(404);
  },
);

it('slows down who guesses keys, and nobody else', async () => {
  const guesser = await startGateway();
  const guess = (): Promise<Response> =>
    fetch(`${guesser.gatewayUrl}/v1/batches`, { headers: { authorization: `Bearer ${newApiKey()}` } });
  const statuses: number[] = [];
  for (let n = 0; n < 101; n += 1) statuses.push((await guess()).status);
  expect(statuses.slice(0, 100).every((status) => status === 401)).toBe(true);
  expect(statuses[100]).toBe(429);
  const waits = (await guess()).headers.get('retry-after');
  expect(Number(waits)).toBeGreaterThan(0);
  expect((await guesser.client.request('GET', '/v1/batches')).status).toBe(200);
  await guesser.stop();
});

describe('configuration', () => {
  it.each([
    [{ I2M_API_KEYS: `acme:${newApiKey()},acme:i2m_short_SECRETSECRET` }, /I2M_API_KEYS: entry 2/],
    [{ I2M_API_KEYS: 'a b:i2m_00000000_' + 'S'.repeat(43) }, /I2M_API_KEYS: entry 1/],
    [{ I2M_API_KEYS: '', HOST: '0.0.0.0' }, /I2M_API_KEYS: is required/],
    [{ I2M_API_KEYS: '', NODE_ENV: 'production' }, /I2M_API_KEYS: is required in production/],
    [{ I2M_PROVIDER: 'fal' }, /FAL_KEY: is required by I2M_PROVIDER fal/],
    [{ I2M_PROVIDER: 'other' }, /I2M_PROVIDER: expected embedded, fal or noop/],
  ])('%j ends with exit 78 and shows no key', async (env, message) => {
    const failure: unknown = await startGateway(env as Record<string, string>).catch(
      (error: unknown) => error,
    );
    expect(String(failure)).toMatch(/"code":78/);
    expect(String(failure)).toMatch(message);
    expect(String(failure)).not.toMatch(/SECRET|SSSSS/);
  });

  it('without keys on loopback makes everybody tenant dev, and says so', async () => {
    const open = await startGateway({ I2M_API_KEYS: '' });
    expect((await fetch(`${open.gatewayUrl}/v1/batches`)).status).toBe(200);
    expect(open.logs()).toContain('every caller is tenant dev');
    await open.stop();
  });
});

it('tells the same from outside and inside: the manifest in storage holds what was accepted', async () => {
  const form = uploadForm([{ name: '../../😀/e\u0301vil\r\nname.jpg', bytes: await photo() }], {
    name: 'Spring ☀',
    priority: 'low',
    retention_hours: '24',
    settings: '{"face_limit":1000,"seed":7}',
    sealed: 'true',
  });
  const answer = await gateway.client.request('POST', '/v1/batches', { body: form });
  const created = answer.body as BatchView;
  expect(answer.status).toBe(202);
  expect(answer.headers.get('location')).toBe(`/v1/batches/${created.id}`);
  expect(created).toMatchObject({
    name: 'Spring ☀',
    status: 'queued',
    priority: 'low',
    provider: 'embedded',
    retention_hours: 24,
    total_files: 1,
    progress: 0,
    run: 1,
    settings: { face_limit: 1000, seed: 7 },
    cost: { estimated_usd: 0, actual_usd: 0, budget_usd: null },
    hold: null,
    webhook_url: null,
    eta_seconds: null,
  });
  const [file] = await gateway.client.listFiles(created.id);
  expect(file).toMatchObject({
    idx: 0,
    name: '../../😀/e\u0301vilname.jpg',
    status: 'pending',
    model: null,
    error: null,
    cost_usd: 0,
    attempts: 0,
  });
  expect((await gateway.stored()).filter((path) => path.includes(created.id))).toEqual([
    `batches/${created.id}/manifest.json`,
    `batches/${created.id}/sources/0`,
  ]);
});
