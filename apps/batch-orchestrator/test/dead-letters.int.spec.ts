import {
  delayQueueName,
  generateMessageId,
  laneQueues,
  modelGenerate,
  queues,
  sealEnvelope,
} from '@image2model/contracts';
import type { DeadLetterContent } from '@image2model/progress';
import { closingAfterAll, waitFor } from '@image2model/testing';
import { completed, openBench, type Bench } from './support/bench.js';

const closing = closingAfterAll();
let bench: Bench;
beforeAll(async () => {
  bench = closing(await openBench());
  await bench.start();
});

const told = (): number => bench.events.of('message.dead-lettered').length;
/** Puts a message where the broker or a worker puts dead letters. @returns its entry in the list */
const die = async (
  queue: string,
  body: string,
  headers: Record<string, unknown> = {},
): Promise<DeadLetterContent> => {
  const before = told();
  await bench.broker.publishRaw(`${queue}.dead`, { body: Buffer.from(body), headers, messageId: 'm' });
  const events = await waitFor(() => told() > before && bench.events.of('message.dead-lettered'), {
    what: 'the event about it',
  });
  expect(events).toHaveLength(before + 1);
  const found = await bench.progress.deadLetters.get(String(events.at(-1)?.payload['deadLetterId']));
  if (found === null) throw new Error('the event is about a dead letter that is not listed');
  return found;
};
const about = (batchId: string, fileIdx: number): string =>
  JSON.stringify(
    sealEnvelope(modelGenerate, {
      id: generateMessageId(batchId, fileIdx, 0),
      batchId,
      fileIdx,
      payload: { gen: 0 },
    }),
  );
const lane = laneQueues.normal.name;

test('the ops list keeps body, headers and reason, whatever the body is', async () => {
  const headers = { 'i2m-reason': 'not_json', 'i2m-error': 'no JSON at all', traceparent: '00-1-2-01' };
  const entry = await die(queues.batchSubmitted.name, '{ no json', headers);
  expect(entry).toMatchObject({
    queue: queues.batchSubmitted.name,
    reason: 'not_json: the body is not JSON; no JSON at all',
    ...{ messageId: 'm', body: '{ no json', state: 'open', headers, batchId: null },
  });
  expect(await die(lane, '')).toMatchObject({
    ...{ queue: lane, body: '' },
    reason: expect.stringContaining('unknown: '),
  });
  expect((await bench.progress.opsEvents.tail(2)).events).toMatchObject([
    { type: 'dead-letter.added', details: { dead_letter_id: entry.id, queue: entry.queue } },
    { type: 'dead-letter.added' },
  ]);
});

test('about a file that is settled, a dead letter changes nothing but the ops list', async () => {
  const id = await bench.newBatch({ total: 2 });
  await bench.conclude(id, 0);
  await bench.tellSettled(id, [0]);
  const firstIsSettled = async (): Promise<boolean> => {
    const { counts, cursor } = await bench.batch(id);
    return counts.completed === 1 && cursor === 2;
  };
  await waitFor(firstIsSettled, { what: 'the first file, and both fanned out' });
  const [batch, file] = [await bench.batch(id), await bench.progress.batches.file(id, 0)];
  expect(await die(lane, about(id, 0), { 'i2m-reason': 'unexpected' })).toMatchObject({
    ...{ batchId: id, fileIdx: 0 },
    reason: 'unexpected: an unexpected error on our side',
  });
  expect(await bench.batch(id)).toEqual(batch);
  expect(await bench.progress.batches.file(id, 0)).toEqual(file);

  await bench.conclude(id, 1);
  await bench.tellSettled(id, [1]);
  const end = { id: `batch.completed:${id}:1`, status: 'completed', completed: 2, failed: 0 };
  expect(await bench.completion(id)).toMatchObject([end]);
  await die(lane, about(id, 1));
  expect(await bench.completion(id)).toMatchObject([end]);
  expect((await bench.batch(id)).state).toBe('completed');
});

test('about a running file, it fails the file, ends the batch and fences its worker', async () => {
  const id = await bench.newBatch({ total: 1 });
  const token = await bench.claim(id, 0);
  await die(lane, about(id, 0), { 'i2m-reason': 'unexpected' });
  expect(await bench.completion(id)).toMatchObject([{ status: 'failed', failed: 1 }]);
  expect(await bench.progress.attempts.conclude(id, { idx: 0, token }, completed)).toBe('settled');
  expect(await bench.progress.batches.file(id, 0)).toMatchObject({
    state: 'failed',
    error: { code: 'dead_letter', retryable: true },
  });
  const { events } = await bench.progress.opsEvents.tail(10);
  const ofFile = events.find(({ details }) => details['batch_id'] === id && 'file_idx' in details);
  expect(ofFile).toMatchObject({ type: 'dead-letter.added', details: { file_idx: 0, redrive_of: null } });
});

test.each([
  ['a generation', true],
  ['an intent', false],
])(
  'about a file with %s, it fails nothing: the file gets one new message a minute later',
  async (_what, bound) => {
    const id = await bench.newBatch({ total: 1 });
    const rung = delayQueueName('60s', lane);
    const delayed = (): Promise<number> => bench.broker.readyCount(rung);
    const before = await delayed();
    const token = await bench.claim(id, 0);
    await bench.pay(id, 0, token, bound);
    // whoever holds it goes on with it
    await die(lane, about(id, 0));
    expect(await delayed()).toBe(before);
    await bench.expireLease(id, 0);
    // nobody has to do anything about it
    expect(await die(lane, about(id, 0))).toMatchObject({ state: 'redriven', by: 'batch-orchestrator' });
    await waitFor(async () => (await delayed()) === before + 1, { what: 'a message on the rung' });
    await die(lane, about(id, 0));
    expect(await delayed()).toBe(before + 1);
    expect(await bench.redis('HGET', `i2m:{${id}}:a:0`, 'copies')).toBe('1');
    expect(await bench.batch(id)).toMatchObject({ state: 'running', counts: { running: 1, failed: 0 } });
    const again = await bench.claim(id, 0);
    expect(await bench.progress.attempts.conclude(id, { idx: 0, token: again }, completed)).toBe('ok');
  },
);

test('about a batch that is gone, or from a queue that is not a lane, it is only listed', async () => {
  const id = await bench.newBatch({ total: 1 });
  const gone = `bat_${'0'.repeat(32)}`;
  await die(lane, about(gone, 0));
  await die(queues.fileSettled.name, about(id, 0));
  expect(await bench.batch(id)).toMatchObject({ state: 'running', counts: { failed: 0 } });
  expect(await bench.redis('KEYS', `*${gone}*`)).toEqual([]);
});
