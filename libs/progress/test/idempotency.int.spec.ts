import { connectProgress, type IdempotencyKeys, type Progress } from '../src/index.js';
import { newBatch, progress, raw } from './support/store.js';

let n = 0;
const fresh = (): { tenant: string; key: string } => ({ tenant: 't', key: `key ${(n += 1)}` });
const kept = { bodyHash: 'h', answer: '{"status":202}' };
/** Leases end at once: what a dead process leaves behind. */
let dying: IdempotencyKeys;
let other: Progress;
beforeAll(async () => {
  const { host, port, db } = raw.options;
  const logger = { warn: () => undefined, error: () => undefined };
  other = await connectProgress({ url: `redis://${host}:${port}/${db}`, logger, idempotencyLeaseMs: -1 });
  dying = other.idempotency;
});
afterAll(() => other.close());

async function staged(): Promise<string> {
  const batch = newBatch(1);
  await progress.batches.stage(batch, []);
  return batch.id;
}
const name = (): string => newBatch(1).id;
const stateOf = async (id: string): Promise<string | undefined> => (await progress.batches.read(id))?.state;

test('one of many begins; its repeats get the answer, for a day', async () => {
  const key = fresh();
  const ids = await Promise.all(Array.from({ length: 20 }, () => staged()));
  const begun = await Promise.all(ids.map((id) => progress.idempotency.begin(key, id)));
  const winners = ids.filter((_, at) => begun[at]?.status === 'began');
  expect(winners).toHaveLength(1);
  expect(begun.filter(({ status }) => status === 'busy')).toHaveLength(19);
  const id = winners[0] ?? '';
  expect(await progress.idempotency.prepare(key, id, kept)).toBe(true);
  expect(await progress.batches.activate(id)).toBe('running');
  expect(await progress.idempotency.begin(key, name())).toMatchObject({ status: 'busy' });
  await progress.idempotency.accept(key, id);
  const repeat = { status: 'accepted', batchId: id, ...kept };
  expect(await progress.idempotency.begin(key, name())).toEqual(repeat);
  // nothing takes it back
  expect(await progress.idempotency.free(key, id)).toBe(false);
  expect(await progress.idempotency.prepare(key, name(), kept)).toBe(false);
  expect(await progress.idempotency.begin(key, name())).toEqual(repeat);
  // not even when nobody knows the batch any more
  await raw.unlink(`i2m:{${id}}:b`);
  expect(await progress.idempotency.free(key, id)).toBe(false);
  const [record] = await raw.keys('i2m:idempotency:t:*');
  const day = 24 * 3_600_000;
  expect(await raw.pttl(record ?? '')).toBeGreaterThan(day - 60_000);
  expect(await raw.pttl(record ?? '')).toBeLessThanOrEqual(day);
});

test('a key belongs to its tenant', async () => {
  const key = fresh();
  await progress.idempotency.begin(key, name());
  const foreign = await progress.idempotency.begin({ ...key, tenant: 'u' }, name());
  expect(foreign).toEqual({ status: 'began', replaced: null });
});

test('a failed request frees its key, once and for itself alone', async () => {
  const [key, first, second] = [fresh(), await staged(), name()];
  await progress.idempotency.begin(key, first);
  expect(await progress.idempotency.free(key, first)).toBe(true);
  expect(await progress.idempotency.begin(key, second)).toEqual({ status: 'began', replaced: null });
  expect(await progress.idempotency.free(key, first)).toBe(true);
  expect(await progress.idempotency.begin(key, name())).toMatchObject({ status: 'busy' });
  // and its batch stays what it is: nothing that was freed becomes active later
  expect(await progress.batches.activate(first)).toBe('staging');
});

test('a lost answer to begin, prepare or accept is repeated without harm', async () => {
  const [key, id] = [fresh(), await staged()];
  for (let time = 0; time < 2; time += 1)
    expect(await progress.idempotency.begin(key, id)).toMatchObject({ status: 'began' });
  for (let time = 0; time < 2; time += 1)
    expect(await progress.idempotency.prepare(key, id, kept)).toBe(true);
  await progress.batches.activate(id);
  for (let time = 0; time < 2; time += 1) await progress.idempotency.accept(key, id);
  expect(await progress.idempotency.prepare(key, id, { bodyHash: 'x', answer: 'x' })).toBe(true);
  expect(await progress.idempotency.begin(key, name())).toMatchObject({ status: 'accepted', ...kept });
});

test('the lease is kept by renewing it, and only by who has the key', async () => {
  const [key, first, second] = [fresh(), name(), name()];
  await dying.begin(key, first);
  expect(await progress.idempotency.renew(key, first)).toBe(true);
  expect(await progress.idempotency.begin(key, second)).toMatchObject({ status: 'busy' });
  expect(await dying.renew(key, first)).toBe(true);
  expect(await progress.idempotency.begin(key, second)).toEqual({ status: 'began', replaced: first });
  expect(await progress.idempotency.renew(key, first)).toBe(false);
});

describe('a process that died', () => {
  test('while it received: the next one takes over, and a late zombie activates nothing', async () => {
    const [key, first, second] = [fresh(), await staged(), await staged()];
    await dying.begin(key, first);
    const next = await progress.idempotency.begin(key, second);
    expect(next).toEqual({ status: 'began', replaced: first });
    expect(await dying.prepare(key, first, kept)).toBe(false);
    expect(await progress.idempotency.free(key, first)).toBe(true);
    expect(await progress.idempotency.prepare(key, second, kept)).toBe(true);
  });

  test('between the record and the activation: its batch is never active any more', async () => {
    const [key, first, second] = [fresh(), await staged(), await staged()];
    await dying.begin(key, first);
    await dying.prepare(key, first, kept);
    const next = await progress.idempotency.begin(key, second);
    expect(next).toEqual({ status: 'began', replaced: first });
    expect(await progress.batches.activate(first)).toBe('staging');
    await progress.batches.dropStaged(first);
    expect(await stateOf(first)).toBeUndefined();
  });

  test('between the activation and the answer: a repeat gets the answer, the failing request too', async () => {
    const [key, id] = [fresh(), await staged()];
    await dying.begin(key, id);
    await dying.prepare(key, id, kept);
    await progress.batches.activate(id);
    const answer = { status: 'accepted', batchId: id, ...kept };
    expect(await progress.idempotency.begin(key, name())).toEqual(answer);
    expect(await dying.free(key, id)).toBe(false);
    expect(await progress.idempotency.begin(key, name())).toEqual(answer);
    expect(await stateOf(id)).toBe('running');
  });

  test('and whose request frees the key of a batch that became active after all: the batch stays', async () => {
    const [key, id] = [fresh(), await staged()];
    await progress.idempotency.begin(key, id);
    await progress.idempotency.prepare(key, id, kept);
    await progress.batches.activate(id);
    expect(await progress.idempotency.free(key, id)).toBe(false);
    expect(await progress.idempotency.begin(key, name())).toMatchObject({ status: 'accepted', batchId: id });
  });

  test('after the activation of a batch that was deleted meanwhile: it is not bought again', async () => {
    const [key, id] = [fresh(), await staged()];
    await dying.begin(key, id);
    await dying.prepare(key, id, kept);
    await progress.batches.activate(id);
    await raw.rename(`i2m:{${id}}:b`, `i2m:{${id}}:x`);
    expect(await progress.idempotency.begin(key, name())).toMatchObject({ status: 'accepted', batchId: id });
  });

  test('and many take over at once: one of them does', async () => {
    for (let time = 0; time < 10; time += 1) {
      const [key, first] = [fresh(), await staged()];
      await dying.begin(key, first);
      await dying.prepare(key, first, kept);
      const activating = time % 2 === 0 ? progress.batches.activate(first) : Promise.resolve('staging');
      const others = Array.from({ length: 8 }, () => name());
      const begun = await Promise.all(others.map((id) => progress.idempotency.begin(key, id)));
      const began = begun.filter(({ status }) => status === 'began').length;
      const active = (await activating) === 'running' ? 1 : 0;
      expect(began + active).toBe(1);
      expect((await stateOf(first)) === 'running').toBe(active === 1);
    }
  });
});
