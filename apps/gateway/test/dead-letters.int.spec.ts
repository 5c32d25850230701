import { connectBroker, type Broker } from '@image2model/broker';
import {
  deadLetterListSchema,
  deadLetterSchema,
  laneQueues,
  modelGenerate,
  queues,
  sealEnvelope,
  type DeadLetterView,
} from '@image2model/contracts';
import { connectProgress, type DeadLetter, type Progress } from '@image2model/progress';
import { createLogger } from '@image2model/service-kit';
import { closingAfterAll, type Answer } from '@image2model/testing';
import { startGateway, type GatewayUnderTest } from './support/gateway.js';
import { redriveDeadLetter } from '../src/handlers/redrive-dead-letters.js';
import { refused } from './support/batch-requests.js';

const closing = closingAfterAll();
let gateway: GatewayUnderTest;
let progress: Progress;
let broker: Broker;
beforeAll(async () => {
  gateway = await startGateway();
  const logger = createLogger({ service: 'gateway', instance: 'test', level: 'error' });
  broker = closing(await connectBroker({ url: gateway.amqpUrl, service: 'spec', logger }));
  progress = closing(await connectProgress({ url: gateway.redisUrl, logger }));
});
afterAll(() => gateway.stop());

const lane = laneQueues.normal.name;
const died = async (more: Partial<DeadLetter> = {}): Promise<string> => {
  const text = { queue: lane, reason: 'invalid_payload: a field is missing or wrong', messageId: 'm' };
  const none = { batchId: null, fileIdx: null, redriveOf: null, redelivered: false };
  const letter = { ...text, ...none, headers: { 'i2m-reason': 'invalid_payload' }, body: Buffer.from('{}') };
  return (await progress.deadLetters.add({ ...letter, ...more })).id;
};
const path = '/v1/ops/dead-letters';
const send = (method: string, to: string, body?: unknown): Promise<Answer> =>
  gateway.client.request(method, path + to, {
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
const answered = async (asked: Promise<Answer>, status: number): Promise<DeadLetterView> => {
  const answer = await asked;
  expect({ status: answer.status, body: answer.body }).toMatchObject({ status });
  return deadLetterSchema.parse(answer.body);
};
const list = async (query = ''): Promise<{ ids: string[]; next: string | null }> => {
  const answer = await send('GET', query);
  expect(answer.status).toBe(200);
  const { data, next_cursor: next } = deadLetterListSchema.parse(answer.body);
  return { ids: data.map(({ id }) => id), next };
};
const asked = (): Promise<number> => broker.readyCount(queues.redriveDeadLetter.name);
/** Nothing is open any more. */
const clear = async (): Promise<void> => void (await send('DELETE', '?confirm=true'));

test('are listed newest first, with their reason and without their content; one has its headers and body', async () => {
  const [text, binary] = [
    await died({ batchId: 'bat_1', fileIdx: 3 }),
    await died({ queue: queues.fileSettled.name, body: Buffer.from([0xff, 0]) }),
  ];
  expect((await list()).ids).toEqual([binary, text]);
  expect((await list(`?queue=${lane}`)).ids).toEqual([text]);
  expect((await list('?state=redriven')).ids).toEqual([]);
  const page = await list('?limit=1');
  expect(page.ids).toEqual([binary]);
  expect(await list(`?limit=1&cursor=${page.next}`)).toEqual({ ids: [text], next: null });
  const shown = await answered(send('GET', `/${text}`), 200);
  expect(shown).toMatchObject({
    ...{ id: text, queue: lane, message_id: 'm', batch_id: 'bat_1', file_idx: 3, state: 'open', by: null },
    reason: 'invalid_payload: a field is missing or wrong',
    ...{ headers: { 'i2m-reason': 'invalid_payload' }, body: '{}', body_encoding: 'utf8' },
    ...{ body_bytes: 2, body_truncated: false },
  });
  expect(await answered(send('GET', `/${binary}`), 200)).toMatchObject({
    body: '/wA=',
    body_encoding: 'base64',
  });
  expect((await send('GET', '?limit=1')).body).not.toHaveProperty('data.0.body');
  for (const absent of ['dl_0', `dl_${'0'.repeat(24)}`]) await refused(send('GET', `/${absent}`), 404);
  await refused(send('GET', '?state=gone'), 422);
  await refused(send('GET', '?cursor=xyz'), 422);
  await clear();
});

test('one is redriven once: 202, the order is on its way, and a second time is refused', async () => {
  const id = await died();
  const before = await asked();
  expect(await answered(send('POST', `/${id}/redrive`), 202)).toMatchObject({
    ...{ id, state: 'redriving', by: expect.stringMatching(/^key:[0-9a-f]{8}$/) },
  });
  expect(await asked()).toBe(before + 1);
  expect(await refused(send('POST', `/${id}/redrive`), 409)).toMatchObject({ code: 'dead_letter_redriving' });
  await progress.deadLetters.redriven(id, 'sent');
  expect((await refused(send('POST', `/${id}/redrive`), 409)).detail).toMatch(/has not died again/);
  const again = await died({ redriveOf: id });
  expect((await refused(send('POST', `/${id}/redrive`), 409)).detail).toContain(`died again as ${again}`);
  expect(await answered(send('GET', `/${again}`), 200)).toMatchObject({ redrive_of: id });
  await answered(send('POST', `/${again}/redrive`), 202);
  expect(await asked()).toBe(before + 2);
  const clicks = await died();
  const answers = await Promise.all([1, 2, 3].map(() => send('POST', `/${clicks}/redrive`)));
  expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409]);
  expect(await asked()).toBe(before + 3);
  await clear();
});

test('a repaired body is judged before it is taken', async () => {
  const id = await died();
  const good = sealEnvelope(modelGenerate, { id: 'x', batchId: 'bat_1', fileIdx: 3, payload: { gen: 0 } });
  const wrong = await refused(
    send('POST', `/${id}/redrive`, { body: { ...good, payload: { gen: 'x' } } }),
    422,
  );
  expect(wrong.errors).toEqual([{ path: 'body.payload.gen', message: expect.stringContaining('got "x"') }]);
  await refused(send('POST', `/${id}/redrive`, { body: '{ no json' }), 422);
  await refused(send('POST', `/${id}/redrive`, { bdy: {} }), 422);
  expect(await answered(send('GET', `/${id}`), 200)).toMatchObject({ state: 'open' });
  const taken = await answered(send('POST', `/${id}/redrive`, { body: good }), 202);
  expect(JSON.parse(taken.repaired_body ?? '')).toEqual(good);
});

test('all of them, of one queue or for one reason, are redriven or discarded only when that is confirmed', async () => {
  const poison = await died({ reason: 'poison: workers died five times on this file' });
  const other = await died({ queue: queues.fileSettled.name });
  const plain = await died();
  for (const [method, to] of [
    ['POST', ':redrive'],
    ['DELETE', ''],
    ['DELETE', `/${plain}`],
    ['DELETE', `/${plain}?confirm=${other}`],
  ] as const)
    expect(await refused(send(method, to), 422)).toMatchObject({ code: 'confirm_required' });
  expect((await list()).ids).toHaveLength(3);

  const count = async (sent: Promise<Answer>): Promise<[number, unknown]> => {
    const { status, body } = await sent;
    return [status, body];
  };
  const redrive = (body: Record<string, unknown>): Promise<[number, unknown]> =>
    count(send('POST', ':redrive', { confirm: true, ...body }));
  expect(await redrive({ reason: 'poison' })).toEqual([202, { count: 1 }]);
  expect(await answered(send('GET', `/${poison}`), 200)).toMatchObject({ state: 'redriving' });
  expect(await redrive({ queue: queues.fileSettled.name })).toEqual([202, { count: 1 }]);
  expect((await list()).ids).toEqual([plain]);
  expect(await answered(send('DELETE', `/${plain}?confirm=${plain}`), 200)).toMatchObject({
    state: 'discarded',
  });
  expect(await answered(send('DELETE', `/${plain}?confirm=true`), 200)).toMatchObject({ state: 'discarded' });
  await refused(send('DELETE', `/${poison}?confirm=true`), 409);
  const more = [await died(), await died()];
  expect(await count(send('DELETE', '?confirm=dead-letters'))).toEqual([200, { count: 2 }]);
  expect((await list('?state=discarded')).ids).toEqual(expect.arrayContaining([plain, ...more]));
  expect(await redrive({})).toEqual([202, { count: 0 }]);
});

test('what operators do with them stands in the log and in the feed', async () => {
  const id = await died();
  await answered(send('DELETE', `/${id}?confirm=true`), 200);
  const { events } = await progress.opsEvents.tail(1);
  expect(events).toMatchObject([
    { type: 'dead-letter.discarded', by: expect.stringMatching(/^key:/), details: { dead_letter_id: id } },
  ]);
  expect(gateway.logs()).toContain(`operator: discarded dead letter ${id}`);
});

test('what RabbitMQ does not take is open again', async () => {
  const id = await died();
  const away = { publish: () => Promise.reject(new Error('away')) };
  const logger = createLogger({ service: 'gateway', instance: 'test', level: 'error' });
  const { deadLetters, opsEvents } = progress;
  const unread = (): never => {
    throw new Error('there is no body');
  };
  const asking = redriveDeadLetter({ deadLetters, opsEvents, logger, broker: away }).handle({
    ...{ caller: { tenant: 't', keyId: 'k', ops: true }, method: 'POST', params: { id }, query: {} },
    body: { kind: 'json', bytes: null, json: unread, raw: unread, form: unread },
    header: () => undefined,
    note: () => undefined,
  });
  await expect(asking).rejects.toThrow('away');
  expect(await deadLetters.get(id)).toMatchObject({
    state: 'open',
    detail: 'RabbitMQ did not take the order to redrive it; try again',
  });
});
