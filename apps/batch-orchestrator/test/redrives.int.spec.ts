import { connectBroker, type RawDelivery } from '@image2model/broker';
import {
  deadLetterRedrive,
  generateMessageId,
  laneQueues,
  maintenanceEraseBatch,
  modelGenerate,
  queues,
  sealEnvelope,
} from '@image2model/contracts';
import type { Conclusion, DeadLetterContent } from '@image2model/progress';
import { closingAfterAll, waitFor } from '@image2model/testing';
import { completed, openBench, type Bench } from './support/bench.js';

const closing = closingAfterAll();
let bench: Bench;
/** What came to a queue that no service here consumes. */
const arrived: RawDelivery[] = [];
const sink = queues.eraseBatch.name;
beforeAll(async () => {
  bench = closing(await openBench());
  await bench.start({ REDRIVE_INTERVAL_MS: '300' });
  const broker = closing(await connectBroker({ url: bench.amqpUrl, service: 'sink', logger: bench.logger }));
  await broker.consumeRaw(sink, 16, async (raw) => {
    arrived.push(raw);
  });
});

const lane = laneQueues.normal.name;
const failed: Conclusion = {
  outcome: 'failed',
  error: { kind: 'poison', code: 'poison', message: 'no', retryable: true },
};
const erase = (id: string): string =>
  JSON.stringify(sealEnvelope(maintenanceEraseBatch, { id, batchId: `bat_${'0'.repeat(32)}`, payload: {} }));
const about = (batchId: string, fileIdx: number): string => {
  const id = generateMessageId(batchId, fileIdx, 0);
  return JSON.stringify(sealEnvelope(modelGenerate, { id, batchId, fileIdx, payload: { gen: 0 } }));
};

interface Listed {
  queue?: string;
  body: string;
  headers?: Record<string, unknown>;
  file?: { batchId: string; fileIdx: number };
}
const list = async ({ queue = sink, body, headers = {}, file }: Listed): Promise<string> => {
  const about = { batchId: file?.batchId ?? null, fileIdx: file?.fileIdx ?? null };
  const died = { reason: 'poison: why', messageId: 'm', redriveOf: null, redelivered: false };
  return (
    await bench.progress.deadLetters.add({ queue, headers, ...died, ...about, body: Buffer.from(body) })
  ).id;
};
/** As the gateway does it. @param ask false: as if it died before it could ask */
const redrive = async (id: string, { repaired = null as string | null, ask = true } = {}): Promise<void> => {
  expect(await bench.progress.deadLetters.beginRedrive(id, { by: 'key:1', repaired })).toBe('ok');
  if (ask) await bench.broker.publish(deadLetterRedrive, { payload: { deadLetterId: id } });
};
const letter = async (id: string): Promise<DeadLetterContent> => {
  const found = await bench.progress.deadLetters.get(id);
  if (found === null) throw new Error(`no dead letter ${id}`);
  return found;
};
const until = (id: string, state: string): Promise<DeadLetterContent> =>
  waitFor(async () => (await letter(id)).state === state && letter(id), {
    everyMs: 20,
    what: `${id} ${state}`,
  });
const failAll = async (batchId: string, files: number[]): Promise<void> => {
  for (const idx of files) await bench.conclude(batchId, idx, failed);
  await bench.tellSettled(batchId, files);
};

test('a message goes back to its own queue, as if for the first time, once however often it is asked for', async () => {
  const headers = {
    traceparent: '00-1-2-01',
    'x-death': [{ count: 9 }],
    'i2m-attempt': 7,
    'i2m-reason': 'r',
  };
  const id = await list({ body: erase('e1'), headers });
  await redrive(id);
  await bench.broker.publish(deadLetterRedrive, { payload: { deadLetterId: id } });
  expect(await until(id, 'redriven')).toMatchObject({
    detail: `its message went back to ${sink}`,
    by: 'key:1',
  });
  const last = await list({ body: erase('e2') });
  await redrive(last);
  await waitFor(() => arrived.some(({ body }) => body.toString() === erase('e2')) || arrived.length > 1, {
    what: 'the second message',
  });
  expect(arrived[0]).toMatchObject({ messageId: 'm', type: 'maintenance.erase-batch' });
  expect(arrived[0]?.headers).toEqual({ traceparent: '00-1-2-01', 'i2m-redrive-of': id });
  expect(arrived).toHaveLength(2);
  const told = async () =>
    (await bench.progress.opsEvents.tail(10)).events.find(
      ({ type, details }) => type === 'dead-letter.redriven' && details['dead_letter_id'] === last,
    );
  expect(await waitFor(told, { what: 'the event about it' })).toMatchObject({ by: 'key:1' });
});

test('a redrive whose task was lost is gone on with; a repaired body is sent under its own id', async () => {
  const before = arrived.length;
  const id = await list({ body: '{ no json' });
  await redrive(id, { repaired: erase('repaired-1'), ask: false });
  expect((await until(id, 'redriven')).detail).toMatch(/went back to .*, repaired$/);
  await waitFor(() => arrived.length > before, { what: 'the message' });
  expect(arrived.at(-1)?.messageId).toBe('repaired-1');
});

test('what cannot be redriven is open again and says why', async () => {
  const gone = `bat_${'1'.repeat(32)}`;
  const live = await bench.newBatch({ total: 1 });
  const cases: [Listed, string | null, string][] = [
    [{ queue: 'old.queue', body: erase('x') }, null, 'no queue old.queue'],
    [{ body: 'x' }, '{"type":"maintenance.erase-batch"}', 'not_an_envelope'],
    [{ queue: lane, body: about(gone, 0) }, null, `${gone} is gone`],
    [{ queue: lane, body: about(live, 7) }, null, 'has 1 files, and no file 7'],
    [{ body: 'x'.repeat(1_048_577) }, null, 'only the first MB'],
  ];
  for (const [listed, repaired, why] of cases) {
    const id = await list(listed);
    await redrive(id, { repaired });
    await waitFor(async () => (await letter(id)).detail?.includes(why), { what: why });
    expect(await letter(id)).toMatchObject({ state: 'open', by: 'key:1' });
  }
});

test('the dead letters of failed files become one retry of those files alone, and no other is paid for', async () => {
  const id = await bench.newBatch({ total: 3 });
  await failAll(id, [0, 1, 2]);
  await bench.completion(id);
  const ids = [await file(id, 0), await file(id, 2)];
  for (const one of ids)
    expect(await bench.progress.deadLetters.beginRedrive(one, { by: 'key:1' })).toBe('ok');
  for (const one of [...ids, ...ids])
    await bench.broker.publish(deadLetterRedrive, { payload: { deadLetterId: one } });
  for (const one of ids)
    expect(await until(one, 'redriven')).toMatchObject({
      detail: expect.stringMatching(/tried again in run 2/),
    });
  expect(await bench.batch(id)).toMatchObject({ run: 2, state: 'running', counts: { failed: 1 } });
  expect((await bench.progress.batches.file(id, 1))?.state).toBe('failed');
  for (const idx of [0, 2]) {
    const token = await bench.claim(id, idx, 1);
    await bench.progress.attempts.conclude(id, { idx, token }, completed);
  }
  await bench.tellSettled(id, [0, 2]);
  await waitFor(async () => (await bench.batch(id)).state === 'partial', { what: 'the end of run 2' });
  expect(await bench.batch(id)).toMatchObject({ run: 2, counts: { completed: 2, failed: 1 } });
});

const file = (batchId: string, fileIdx: number): Promise<string> =>
  list({ queue: lane, body: about(batchId, fileIdx), file: { batchId, fileIdx } });

test('of a batch that still runs it waits for the end of the run', async () => {
  const id = await bench.newBatch({ total: 2 });
  await failAll(id, [0]);
  await waitFor(async () => (await bench.batch(id)).counts.failed === 1, { what: 'the failure' });
  const one = await file(id, 0);
  await redrive(one);
  await waitFor(async () => (await letter(one)).detail !== null, { what: 'a first look' });
  expect(await letter(one)).toMatchObject({
    state: 'redriving',
    detail: `file 0 is tried again as soon as run 1 of ${id} has ended`,
  });
  expect((await bench.batch(id)).run).toBe(1);
  await bench.conclude(id, 1);
  await bench.tellSettled(id, [1]);
  await until(one, 'redriven');
  expect(await bench.batch(id)).toMatchObject({ run: 2, counts: { completed: 1, failed: 0 } });
});

test('a process that dies after it asked for the retry does not ask for another', async () => {
  const id = await bench.newBatch({ total: 1 });
  await failAll(id, [0]);
  await bench.completion(id);
  const one = await file(id, 0);
  // as it is then: the run is noted, the retry was begun, and its file failed once more
  await bench.progress.deadLetters.beginRedrive(one, { by: 'key:1' });
  await bench.progress.deadLetters.waits(one, 'file 0 is tried again', 1);
  await bench.progress.retries.retry(id, { run: 1, files: [0] });
  const token = await bench.claim(id, 0, 1);
  await bench.progress.attempts.conclude(id, { idx: 0, token }, failed);
  await bench.tellSettled(id, [0]);
  expect(await until(one, 'redriven')).toMatchObject({ detail: `file 0 was tried again in run 2 of ${id}` });
  await waitFor(async () => (await bench.batch(id)).state === 'failed', { what: 'the end of run 2' });
  expect((await bench.batch(id)).run).toBe(2);
});
