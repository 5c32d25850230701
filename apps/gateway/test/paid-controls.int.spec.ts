import { retryQuoteSchema } from '@image2model/contracts';
import { rawRedis, waitFor, type RawRedis } from '@image2model/testing';
import { startGateway, type GatewayUnderTest } from './support/gateway.js';
import { createStandInWorker, type StandInWorker } from './support/stand-in-worker.js';
import { batchAfter, refused, sendToBatch, type SendToBatch } from './support/batch-requests.js';

let gateway: GatewayUnderTest;
let worker: StandInWorker;
let redis: RawRedis;
beforeAll(async () => {
  gateway = await startGateway();
  worker = await createStandInWorker(gateway);
  redis = rawRedis(gateway.redisUrl);
});
afterAll(async () => {
  await worker.close();
  await gateway.stop();
});

const send: SendToBatch = (...request) => sendToBatch(gateway.client)(...request);
const noop = async (count: number, fields: Record<string, unknown> = {}): Promise<string> =>
  (await gateway.client.createNoopBatch(count, fields)).id;
/** A batch whose files are paid for, without a provider: what a file costs is that of the default endpoint. */
async function paid(count: number, budgetUsd?: number): Promise<string> {
  const id = await noop(count, budgetUsd === undefined ? {} : { budget_usd: budgetUsd });
  await redis('HSET', `i2m:{${id}}:b`, 'provider', 'fal');
  return id;
}
const intend = async (id: string, idx: number, priceMicro: number): Promise<string> => {
  const token = await worker.start(id, idx);
  const intent = `int_${id.slice(4)}_${idx}_${'0'.repeat(16)}`;
  const request = { intent, priceMicro, mostSubmits: 3, imageUrl: 'https://x/y', endpoint: 'fal-ai/trellis' };
  return worker.redis.ledger.intend(id, { idx, token }, request);
};
const failing = async (count: number): Promise<string> => {
  const id = await paid(count);
  for (let idx = 0; idx < count; idx += 1) await worker.fail(id, idx);
  await worker.announce(id);
  return id;
};

describe('a budget', () => {
  it('that is used up pauses the batch until it is raised', async () => {
    const id = await paid(3, 0.5);
    expect(await intend(id, 0, 300_000)).toBe('ok');
    expect(await intend(id, 1, 300_000)).toBe('budget');
    const held = await batchAfter(send('POST', id, '/resume'));
    expect(held).toMatchObject({ status: 'paused', hold: { reason: 'budget' }, cost: { budget_usd: 0.5 } });
    expect(held.hold?.detail).toMatch(/0\.50 USD/);
    expect((await send('GET', id, '/files/2')).body).toMatchObject({ waiting_for: { code: 'budget' } });

    const low = await refused(send('PATCH', id, '', { budget_usd: 0.2 }), 422);
    expect(low.errors?.[0]).toMatchObject({
      path: 'budget_usd',
      message: expect.stringMatching(/at least 0\.3: 0 is spent and 0\.3 is set aside.*got 0\.2/),
    });
    expect(await batchAfter(send('PATCH', id, '', { budget_usd: 0.51 }))).toMatchObject({ status: 'paused' });
    expect(await batchAfter(send('PATCH', id, '', { budget_usd: 10 }))).toMatchObject({
      status: 'processing',
      hold: null,
      cost: { budget_usd: 10, actual_usd: 0 },
    });
    const intent = `int_${id.slice(4)}_0_${'0'.repeat(16)}`;
    await worker.redis.ledger.bind(id, 0, intent, { requestId: 'req_1', endpoint: 'fal-ai/trellis' });
    expect(await batchAfter(send('GET', id))).toMatchObject({ cost: { actual_usd: 0.3 } });
    expect((await send('GET', id, '/files/0')).body).toMatchObject({
      cost_usd: 0.3,
      generation: { provider: 'fal', endpoint: 'fal-ai/trellis', request_id: 'req_1' },
    });
  });

  it('that is big enough after all lets a resumed batch go on', async () => {
    const id = await paid(2, 0.5);
    await intend(id, 0, 300_000);
    expect(await intend(id, 1, 300_000)).toBe('budget');
    await redis('HSET', `i2m:{${id}}:b`, 'reserved', 0);
    expect(await batchAfter(send('POST', id, '/resume'))).toMatchObject({ status: 'processing', hold: null });
  });
});

describe('a retry', () => {
  it('is priced first, then tries the failed files again in another run', async () => {
    const id = await failing(3);
    const { body } = await send('POST', id, '/retry', { quote: true });
    const { files, cost } = retryQuoteSchema.parse(body);
    expect(files).toBe(3);
    expect(cost.per_file_usd).toBeGreaterThan(0);
    expect(cost.estimated_usd).toBeCloseTo(3 * cost.per_file_usd, 6);
    expect(await batchAfter(send('GET', id))).toMatchObject({ status: 'failed', run: 1 });
    const before = (await batchAfter(send('GET', id))).cost.estimated_usd;

    const again = await batchAfter(send('POST', id, '/retry', { codes: ['input.truncated'] }));
    expect(again).toMatchObject({ run: 2, counts: { pending: 3, failed: 0 }, completed_at: null });
    expect(again.cost.estimated_usd).toBeCloseTo(before + cost.estimated_usd, 6);
    expect(await refused(send('POST', id, '/retry'), 409)).toMatchObject({ code: 'batch_not_ended' });
    expect(await refused(send('POST', id, '/retry', { quote: true }), 409)).toMatchObject({
      code: 'batch_not_ended',
    });
  });

  it('names codes that no failed file has, and does nothing without a failed file', async () => {
    const id = await failing(2);
    const { errors } = await refused(
      send('POST', id, '/retry', { codes: ['input.truncated', 'quality.x'] }),
      422,
    );
    expect(errors).toEqual([
      { path: 'codes[1]', message: expect.stringMatching(/\(input\.truncated\); got "quality\.x"/) },
    ]);
    for (const [body, path] of [
      [{ codes: [] }, 'codes'],
      [{ code: 'x' }, 'code'],
      [{ quote: 'yes' }, 'quote'],
    ] as const)
      expect((await refused(send('POST', id, '/retry', body), 422)).errors).toMatchObject([{ path }]);
    expect(await batchAfter(send('GET', id))).toMatchObject({ run: 1 });
    const good = await noop(1);
    await worker.complete(good, 0);
    expect(await batchAfter(send('POST', good, '/retry'))).toMatchObject({ status: 'completed', run: 1 });
    expect((await send('POST', good, '/retry', { codes: ['x'], quote: true })).body).toEqual({
      files: 0,
      cost: { estimated_usd: 0, per_file_usd: 0 },
    });
  });

  it('asked for ten times at once begins once', async () => {
    const id = await failing(4);
    const price = retryQuoteSchema.parse((await send('POST', id, '/retry', { quote: true })).body).cost;
    const before = (await batchAfter(send('GET', id))).cost.estimated_usd;
    const answers = await Promise.all(Array.from({ length: 10 }, () => send('POST', id, '/retry')));
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
    const after = await batchAfter(send('GET', id));
    expect(after).toMatchObject({ run: 2, counts: { pending: 4 } });
    expect(after.cost.estimated_usd).toBeCloseTo(before + price.estimated_usd, 6);
  });
});

describe('a cancel', () => {
  it('answers when no paid submit is unanswered any more', async () => {
    const id = await paid(2);
    expect(await intend(id, 0, 300_000)).toBe('ok');
    let answered = false;
    const asked = batchAfter(send('POST', id, '/cancel')).finally(() => (answered = true));
    await waitFor(async () => (await batchAfter(send('GET', id))).status === 'cancelling');
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(answered).toBe(false);
    const intent = `int_${id.slice(4)}_0_${'0'.repeat(16)}`;
    await worker.redis.ledger.bind(id, 0, intent, { requestId: 'req_2', endpoint: 'fal-ai/trellis' });
    expect(await asked).toMatchObject({ status: 'cancelling', cost: { actual_usd: 0.3 } });
  });
});
