import { laneQueues } from '@image2model/contracts';
import { waitFor } from '@image2model/testing';
import { setUpPaid } from './support/paid-set-up.js';

const price = 300_000;
const paid = setUpPaid(300);
const env = (more: Record<string, string> = {}): Record<string, string> => ({
  FAL_KEY: 'stand-in-key',
  FAL_ORIGIN: paid.fal.origin,
  FAL_CONCURRENCY: '8',
  ...more,
});
const paidBatch = (total: number, more: { budgetMicro?: number } = {}): Promise<string> =>
  paid.bench.newBatch({ total, provider: 'fal', image: paid.image, ...more });
const range = (count: number): number[] => Array.from({ length: count }, (_, idx) => idx);
const each = (id: string, total: number, field: string): Promise<unknown[]> =>
  Promise.all(range(total).map((idx) => paid.bench.redis('HGET', `i2m:{${id}}:a:${idx}`, field)));
/** Each completed file has one job, and the money adds up. */
async function expectPaidOnce(id: string, total: number): Promise<void> {
  const requests = await Promise.all(
    range(total).map(async (idx) => (await paid.bench.file(id, idx)).requestId),
  );
  expect(new Set(requests).size).toBe(total);
  expect(new Set(paid.fal.ledger().map(({ request_id }) => request_id))).toEqual(new Set(requests));
  expect(await paid.bench.batch(id)).toMatchObject({ spentMicro: total * price, reservedMicro: 0 });
}

test('each file gets one model for one accepted job', async () => {
  await paid.bench.start(env());
  const id = await paidBatch(6);
  await paid.bench.waitForState(id, 'completed', 30_000);
  await expectPaidOnce(id, 6);
  const file = await paid.bench.file(id, 0);
  expect(file).toMatchObject({ state: 'completed', attempts: 1, costMicro: price });
  expect(await paid.bench.storage.stat(file.model?.key ?? '')).toEqual({ bytes: file.model?.bytes });
});

test('lost answers are found in the listing, and nothing is submitted twice', async () => {
  paid.fal.control({ faults: [{ fault: 'reset_after_accept', share: 0.5 }] });
  await paid.bench.start(env());
  const id = await paidBatch(8);
  await paid.bench.waitForState(id, 'completed', 40_000);
  expect(paid.fal.ledger()).toHaveLength(8);
  await expectPaidOnce(id, 8);
});

test('a submit that reached nobody is given up after the grace, and its file fails', async () => {
  paid.fal.control({ faults: [{ fault: 'reset_before_accept' }], listing: { enabled: false } });
  await paid.bench.start(env({ FAL_DOUBT_GRACE_S: '3' }));
  const id = await paidBatch(1);
  await paid.bench.waitForState(id, 'failed', 20_000);
  expect(paid.fal.ledger()).toHaveLength(0);
  expect((await paid.bench.file(id, 0)).error).toMatchObject({ code: 'ambiguous' });
});

test('by policy it is submitted once more, which is counted', async () => {
  paid.fal.control({ faults: [{ fault: 'reset_before_accept', times: 1 }], listing: { enabled: false } });
  const worker = await paid.bench.start(env({ FAL_DOUBT_GRACE_S: '2', FAL_ON_DOUBT: 'resubmit' }));
  const id = await paidBatch(1);
  await paid.bench.waitForState(id, 'completed', 30_000);
  const metrics = await (await fetch(`${worker.adminUrl}/metrics`)).text();
  expect(metrics).toMatch(/image2model_possible_double_charge_total\S* 1\n/);
});

test('a refused key uses no attempt up, and the batch goes on when it is repaired', async () => {
  paid.fal.control({ keys: { 'stand-in-key': 'unknown' } });
  await paid.bench.start(env());
  const id = await paidBatch(4);
  await waitFor(async () => (await paid.bench.file(id, 0)).waitingFor?.code === 'provider_auth', {
    what: 'the wait',
  });
  paid.fal.control({ keys: { 'stand-in-key': 'ok' } });
  await paid.bench.waitForState(id, 'completed', 60_000);
  expect(await each(id, 4, 'attempts')).toEqual(range(4).map(() => '1'));
  expect(paid.fal.ledger()).toHaveLength(4);
});

test('a budget is never exceeded, and the rest goes on when it is raised', async () => {
  await paid.bench.start(env());
  const id = await paidBatch(8, { budgetMicro: 3 * price });
  await waitFor(async () => (await paid.bench.batch(id)).hold?.reason === 'budget', { what: 'the hold' });
  await waitFor(async () => (await paid.bench.batch(id)).counts.completed === 3, {
    timeoutMs: 20_000,
    what: 'the paid files',
  });
  expect(paid.fal.ledger()).toHaveLength(3);
  expect(await paid.bench.batch(id)).toMatchObject({ spentMicro: 3 * price, reservedMicro: 0 });
});

test('of a paused lane nothing more is bought, what was bought is kept, and it goes on when it is resumed', async () => {
  const { orders } = paid.bench.progress;
  const lane = laneQueues.normal.name;
  paid.fal.control({ concurrency: 2, duration: { kind: 'fixed', ms: 1_000 } });
  await paid.bench.start({ ...env(), FAL_CONCURRENCY: '2' });
  const id = await paidBatch(8);
  await paid.accepted(2);
  await orders.pauseLane('normal', { detail: 'tonight', by: 'spec' });
  await waitFor(async () => (await paid.bench.batch(id)).counts.running === 0, { timeoutMs: 20_000 });
  const bought = paid.fal.ledger().length;
  expect(bought).toBeLessThanOrEqual(4);
  // the others came back by their delay rung and stay in the queue
  await waitFor(async () => (await paid.bench.broker.readyCount(lane)) >= 8 - bought, { timeoutMs: 20_000 });
  expect(paid.fal.ledger()).toHaveLength(bought);
  await orders.resumeLane('normal');
  await paid.bench.waitForState(id, 'completed', 30_000);
  await expectPaidOnce(id, 8);
});

test('a worker that is told to stop is gone within 10 s, and another one goes on with what was paid', async () => {
  paid.fal.control({ concurrency: 100, duration: { kind: 'fixed', ms: 12_000 } });
  const first = await paid.bench.start(env({ FAL_CONCURRENCY: '100', FAL_CONCURRENCY_MAX: '100' }));
  const id = await paidBatch(40);
  await paid.accepted(40);
  const toldAt = performance.now();
  await first.kill('SIGTERM');
  expect(performance.now() - toldAt).toBeLessThan(10_000);
  await paid.bench.start(env());
  await paid.bench.waitForState(id, 'completed', 40_000);
  await expectPaidOnce(id, 40);
  expect(await each(id, 40, 'crashes')).toEqual(range(40).map(() => null));
});

test('a worker that is killed loses nothing that was paid', async () => {
  paid.fal.control({ concurrency: 100, duration: { kind: 'fixed', ms: 4_000 } });
  // one that died between a decision and its submit leaves a doubt that nothing can settle but the grace
  const limits = { FAL_CONCURRENCY: '100', FAL_CONCURRENCY_MAX: '100', FAL_DOUBT_GRACE_S: '10' };
  const first = await paid.bench.start(env(limits));
  const id = await paidBatch(30);
  await paid.accepted(12);
  await first.kill('SIGKILL');
  await paid.bench.start(env(limits));
  await waitFor(async () => !['running', 'staging'].includes((await paid.bench.batch(id)).state), {
    timeoutMs: 50_000,
    what: 'the end',
  });
  const files = await Promise.all(range(30).map((idx) => paid.bench.file(id, idx)));
  const requests = files.flatMap(({ state, requestId }) => (state === 'completed' ? [requestId] : []));
  expect(paid.fal.ledger().map(({ request_id }) => request_id)).toEqual(expect.arrayContaining(requests));
  expect(new Set(requests).size).toBe(paid.fal.ledger().length);
  for (const { state, error } of files) if (state !== 'completed') expect(error?.code).toBe('ambiguous');
  expect(requests.length).toBeGreaterThanOrEqual(22);
});

test('a cancelled batch asks the provider to cancel, and keeps what was finished', async () => {
  paid.fal.control({ concurrency: 2, duration: { kind: 'fixed', ms: 10_000 } });
  await paid.bench.start(env());
  const id = await paidBatch(6);
  await paid.accepted(6);
  await paid.bench.progress.batches.requestCancel(id);
  const ended = async (): Promise<boolean> => {
    const { completed, cancelled } = (await paid.bench.batch(id)).counts;
    return completed + cancelled === 6;
  };
  await waitFor(ended, { timeoutMs: 60_000, what: 'the end' });
  const { counts, spentMicro } = await paid.bench.batch(id);
  expect(counts.cancelled).toBeGreaterThanOrEqual(4);
  expect(spentMicro).toBe(paid.fal.ledger().filter(({ billed }) => billed).length * price);
});

test('a model that is being fetched when its batch is cancelled is delivered: it was paid for', async () => {
  paid.fal.control({ faults: [{ fault: 'slow_download', delayMs: 4_000 }] });
  await paid.bench.start(env());
  const id = await paidBatch(1);
  await waitFor(() => paid.fal.stats().requests['download'] !== undefined, {
    timeoutMs: 20_000,
    what: 'the download',
  });
  await paid.bench.progress.batches.requestCancel(id);
  await waitFor(async () => (await paid.bench.batch(id)).counts.completed === 1, {
    timeoutMs: 20_000,
    what: 'the model',
  });
});

test('429 makes the file wait without using an attempt up', async () => {
  paid.fal.control({ faults: [{ fault: 'too_many_requests', times: 1, retryAfterS: 1 }] });
  await paid.bench.start(env());
  const id = await paidBatch(2);
  await paid.bench.waitForState(id, 'completed', 40_000);
  expect(await each(id, 2, 'attempts')).toEqual(['1', '1']);
  expect(paid.fal.ledger()).toHaveLength(2);
});

test('a message whose file goes on under a later one neither waits for a slot nor makes its file seem looked after', async () => {
  const { progress, redis } = paid.bench;
  paid.fal.control({ concurrency: 1, duration: { kind: 'fixed', ms: 60_000 } });
  await paid.bench.start(env({ FAL_CONCURRENCY: '1', FAL_CONCURRENCY_MAX: '1' }));
  const id = await paid.bench.newBatch({ total: 3, provider: 'fal', image: paid.image, fanOut: false });
  await paid.bench.publish(id, 0);
  await paid.accepted(1);
  // a worker parked file 1 and died before the message that would wake it was out: its own one comes again
  const lost = { idx: 1, messageId: 'm', gen: 0, redelivered: false, worker: 'gone' };
  const claim = await progress.attempts.claim(id, lost);
  if (claim.status !== 'ok') throw new Error(claim.status);
  await progress.attempts.park(id, { idx: 1, token: claim.token }, 5_000, { code: 'rate_limit', detail: '' });
  const dueAt = async (idx: number): Promise<number> =>
    Number(await redis('ZSCORE', `i2m:{${id}}:due`, String(idx)));
  const parkedTill = await dueAt(1);
  await redis('ZADD', `i2m:{${id}}:due`, String(Date.now()), '2');
  await paid.bench.publish(id, 1);
  await paid.bench.publish(id, 2);
  await waitFor(async () => (await dueAt(2)) > Date.now() + 60_000, { what: 'a waiting file looked after' });
  expect(await dueAt(1)).toBe(parkedTill);
  expect(paid.fal.ledger()).toHaveLength(1);
});
