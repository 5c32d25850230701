import { auditSchema, batchListSchema, providerListSchema, type AuditCheck } from '@image2model/contracts';
import { falGovernorName } from '@image2model/fal';
import type { LedgerRow } from '@image2model/progress';
import { rawRedis, readEvents, waitFor, type Answer, type RawRedis } from '@image2model/testing';
import { startGateway, type GatewayUnderTest } from './support/gateway.js';
import { createStandInWorker, type StandInWorker } from './support/stand-in-worker.js';

let gateway: GatewayUnderTest;
let worker: StandInWorker;
let redis: RawRedis;
/** Nobody listens there: the gateway itself asks the provider nothing. */
const fal = { FAL_KEY: 'a-key-for-tests', FAL_ORIGIN: 'http://127.0.0.1:9' };
beforeAll(async () => {
  gateway = await startGateway(fal);
  worker = await createStandInWorker(gateway);
  redis = rawRedis(gateway.redisUrl);
});
afterAll(async () => {
  await worker.close();
  await gateway.stop();
});

const ask = (method: string, path: string, body?: unknown): Promise<Answer> =>
  gateway.client.request(method, path, {
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
async function ofFal(count: number): Promise<string> {
  const { id } = await gateway.client.createNoopBatch(count);
  await redis('HSET', `i2m:{${id}}:b`, 'provider', 'fal');
  return id;
}
/** Answers about batches know of a provider what was true a second ago. */
const aSecond = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1_050));

describe('a provider', () => {
  it('is stopped and started for everybody by the operator, and shown', async () => {
    const id = await ofFal(1);
    const { body } = await ask('GET', '/v1/ops/providers');
    expect(providerListSchema.parse(body).data).toMatchObject([{ provider: 'fal', parked: null, in_use: 0 }]);
    for (const _ of [1, 2])
      expect(await ask('POST', '/v1/ops/providers/fal/pause', { detail: 'too dear' })).toMatchObject({
        status: 200,
        body: { parked: { code: 'provider_paused', detail: 'too dear', since: expect.any(String) } },
      });
    expect((await ask('GET', `/v1/batches/${id}`)).body).toMatchObject({
      status: 'paused',
      hold: { reason: 'provider', detail: expect.stringContaining('too dear') },
    });
    expect((await ask('GET', `/v1/batches/${id}/files`)).body).toMatchObject({
      data: [{ waiting_for: { code: 'provider_paused', detail: 'too dear' } }],
    });
    const other = await gateway.client.createNoopBatch(1);
    expect((await ask('GET', `/v1/batches/${other.id}`)).body).toMatchObject({ status: 'queued' });

    for (const _ of [1, 2])
      expect(await ask('POST', '/v1/ops/providers/fal/resume')).toMatchObject({
        status: 200,
        body: { parked: null },
      });
    expect((await ask('GET', `/v1/batches/${id}`)).body).toMatchObject({ status: 'queued', hold: null });
    expect(gateway.logs()).toMatch(/provider fal is paused: too dear.*acme/);
    expect(gateway.logs()).toMatch(/provider fal is resumed/);
  });

  it('that parked itself holds its batches without being told', async () => {
    const id = await ofFal(1);
    const governor = worker.redis.governor(falGovernorName(fal.FAL_KEY), { start: 2, most: 40 });
    await governor.park({ code: 'provider_account', detail: 'out of money' });
    await aSecond();
    expect((await ask('GET', `/v1/batches/${id}`)).body).toMatchObject({
      status: 'paused',
      hold: { reason: 'provider', detail: 'provider_account: out of money' },
    });
    const { body } = await ask('GET', '/v1/batches?status=paused');
    expect(batchListSchema.parse(body).data.map((batch) => batch.id)).toContain(id);
    const told: unknown[] = [];
    const watching = (async () => {
      const url = `${gateway.gatewayUrl}/v1/batches/${id}/events`;
      for await (const { event, data } of readEvents({ url, apiKey: gateway.apiKey }))
        if (event === 'snapshot' || event === 'batch.progress') told.push([data['status'], data['hold']]);
    })();
    const held = ['paused', expect.objectContaining({ reason: 'provider' })];
    await waitFor(() => told.length === 2);
    expect(told).toEqual([held, held]);
    await governor.resume();
    await waitFor(() => told.length === 3);
    expect(told[2]).toEqual(['queued', null]);
    expect((await ask('GET', `/v1/batches/${id}`)).body).toMatchObject({ status: 'queued' });
    await worker.fail(id, 0);
    await watching;
  });

  it.each([
    ['POST', '/v1/ops/providers/embedded/pause', undefined, 404],
    ['POST', '/v1/ops/providers/__proto__/resume', undefined, 404],
    ['POST', '/v1/ops/providers/fal/pause', { why: 'x' }, 422],
    ['DELETE', '/v1/ops/providers', undefined, 405],
  ])('%s %s %j is %i', async (method, path, body, status) => {
    expect((await ask(method, path, body)).status).toBe(status);
  });

  it('is nobody’s without a key', async () => {
    const answer = await fetch(`${gateway.gatewayUrl}/v1/ops/providers/fal/pause`, { method: 'POST' });
    expect(answer.status).toBe(401);
    const list = providerListSchema.parse((await ask('GET', '/v1/ops/providers')).body);
    expect(list.data[0]?.parked).toBeNull();
  });
});

describe('the audit of a ledger', () => {
  const intentOf = (id: string, idx: number): string => `int_${id.slice(4)}_${idx}_${'0'.repeat(16)}`;
  /** Two files that were paid for; the first one completed, the second failed. */
  async function paid(): Promise<string> {
    const id = await ofFal(2);
    for (const idx of [0, 1]) {
      const token = await worker.start(id, idx);
      const intent = intentOf(id, idx);
      const request = { intent, priceMicro: 250_000, mostSubmits: 3, imageUrl: 'https://x/y', endpoint: 'e' };
      expect(await worker.redis.ledger.intend(id, { idx, token }, request)).toBe('ok');
      await worker.redis.ledger.bind(id, idx, intent, { requestId: `req_${id}_${idx}`, endpoint: 'e' });
    }
    await worker.complete(id, 0);
    await worker.fail(id, 1);
    await worker.announce(id);
    return id;
  }
  const ledgerOf = async (id: string): Promise<AuditCheck | undefined> =>
    auditSchema
      .parse((await ask('GET', `/v1/batches/${id}/audit`)).body)
      .checks.find(({ name }) => name === 'ledger');
  const rowOf = async (id: string, idx: number): Promise<LedgerRow | undefined> => {
    for await (const row of worker.redis.ledger.rows(id)) if (row.idx === idx) return row;
    return undefined;
  };

  it('agrees with what was accepted', async () => {
    const id = await paid();
    expect(await ledgerOf(id)).toMatchObject({ ok: true, detail: '2 accepted submissions, 0.5 USD' });
    expect(await rowOf(id, 0)).toMatchObject({ state: 'bound', priceMicro: 250_000 });
  });

  it('notices a payment that is missing, one that nobody counted, and one too many', async () => {
    const lost = await paid();
    await redis('HDEL', `i2m:{${lost}}:l`, intentOf(lost, 0));
    expect(await ledgerOf(lost)).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/file 0: completed and never paid for.*0\.5 USD were counted.*0\.25/),
    });
    const uncounted = await paid();
    await redis('HINCRBY', `i2m:{${uncounted}}:b`, 'spent', -250_000);
    expect((await ledgerOf(uncounted))?.ok).toBe(false);
    const twice = await paid();
    const row = JSON.stringify({ i: 0, s: 'bound', p: 250_000, e: 'e', r: 'another', at: 1 });
    await redis('HSET', `i2m:{${twice}}:l`, 'int_other', row);
    expect(await ledgerOf(twice)).toMatchObject({
      ok: false,
      detail: expect.stringContaining('file 0: 2 submissions were billed in 1 runs'),
    });
  });
});
