import { createClient, newApiKey, type Client } from '@image2model/testing';
import { startGateway, type GatewayUnderTest } from './support/gateway.js';

let gateway: GatewayUnderTest;
let shop: Client;
const operator = newApiKey();
const client = newApiKey();
beforeAll(async () => {
  gateway = await startGateway({
    I2M_API_KEYS: `acme:${operator}`,
    I2M_CLIENT_KEYS: `acme:${client}`,
    FAL_KEY: 'a-key-for-tests',
    FAL_ORIGIN: 'http://127.0.0.1:9',
  });
  shop = createClient(gateway.gatewayUrl, client);
});
afterAll(() => gateway.stop());

const routes: [method: string, path: string][] = [
  ['GET', 'overview'],
  ['GET', 'queues'],
  ['POST', 'queues/batch-orchestrator.file.settled/purge?confirm=true'],
  ['GET', 'workers'],
  ['GET', 'workers/one'],
  ['POST', 'workers/one/drain?confirm=true'],
  ['POST', 'workers/one/resume'],
  ['GET', 'tasks'],
  ['GET', 'lanes'],
  ['POST', 'lanes/low/pause'],
  ['POST', 'lanes/low/resume'],
  ['GET', 'providers'],
  ['POST', 'providers/fal/pause'],
  ['POST', 'providers/fal/resume'],
  ['GET', 'health'],
  ['GET', 'schedules'],
  ['GET', 'events'],
  ['GET', 'dead-letters'],
  ['GET', 'dead-letters/one'],
  ['POST', 'dead-letters/one/redrive'],
  ['POST', 'dead-letters:redrive'],
  ['DELETE', 'dead-letters/one?confirm=true'],
  ['DELETE', 'dead-letters?confirm=true'],
  ['POST', 'alerts:test'],
  ['POST', 'maintenance/clean-up?confirm=true'],
  ['POST', 'maintenance/cleanup?confirm=true'],
  ['POST', 'maintenance/health-check'],
  ['PUT', 'log-level'],
];

describe('Flower with basic auth: tasks, workers, queues', () => {
  it.each(routes)('%s %s is nobody’s without a key', async (method, path) => {
    const answer = await fetch(`${gateway.gatewayUrl}/v1/ops/${path}`, { method });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it.each(routes)('%s %s is not for a key without the scope ops', async (method, path) => {
    const answer = await shop.request(method, `/v1/ops/${path}`);
    expect([answer.status, answer.body]).toEqual([
      403,
      expect.objectContaining({ code: 'scope_missing', detail: expect.stringContaining('I2M_API_KEYS') }),
    ]);
  });

  it('nothing was done for them', async () => {
    const owner = createClient(gateway.gatewayUrl, operator);
    expect((await owner.request('GET', '/v1/ops/lanes')).body).toMatchObject({
      data: [{ paused: null }, { paused: null }, { paused: null }],
    });
    expect((await owner.request('GET', '/v1/ops/providers')).body).toMatchObject({
      data: [{ parked: null }],
    });
  });
});

it('a client’s key sends and sees the batches of its tenant', async () => {
  const { status, body } = await shop.request('POST', '/v1/batches', {
    body: JSON.stringify({ provider: 'noop', count: 1 }),
    headers: { 'content-type': 'application/json' },
  });
  expect(status).toBe(202);
  const owner = createClient(gateway.gatewayUrl, operator);
  expect(await owner.getBatch((body as { id: string }).id)).toMatchObject({ total_files: 1 });
});

it('a key may not be one of both kinds', async () => {
  const failure: unknown = await startGateway({
    I2M_API_KEYS: `acme:${operator}`,
    I2M_CLIENT_KEYS: operator,
  }).catch((error: unknown) => error);
  expect(String(failure)).toMatch(/I2M_CLIENT_KEYS: has an entry with the same 8 digits/);
});
