import { laneQueues, modelGenerate, queues, sealEnvelope } from '@image2model/contracts';
import { HttpProblem } from './http-problem.js';
import { readRepair } from './read-repair.js';

const lane = laneQueues.normal.name;
const good = {
  ...sealEnvelope(modelGenerate, { id: 'x', batchId: 'bat_1', fileIdx: 3, payload: { gen: 0 } }),
};
const problem = (body: string | Record<string, unknown>, queue = lane): HttpProblem => {
  try {
    readRepair(queue, body);
  } catch (error) {
    if (error instanceof HttpProblem) return error;
    throw error;
  }
  throw new Error('it was taken');
};

test('a whole message is taken, as an object or as text', () => {
  expect(JSON.parse(readRepair(lane, good))).toEqual(good);
  const text = `  ${JSON.stringify(good)}`;
  expect(readRepair(lane, text)).toBe(text);
});

test.each([
  ['body', '{ no json', /is not valid JSON/],
  ['body.version', { ...good, version: 99 }, /must be 1; got 99/],
  ['body.type', { ...good, type: 'file.settled' }, /must be model\.generate.*got "file\.settled"/],
  ['body.payload.gen', { ...good, payload: { gen: 'first' } }, /got "first"/],
  ['body.payload.more', { ...good, payload: { gen: 0, more: 1 } }, /is not known/],
  ['body.occurredAt', { ...good, occurredAt: 'today' }, /./],
  ['body.fileIdx', { ...good, fileIdx: undefined }, /is required/],
  ['body.__proto__', `{"__proto__": 1}`, /not a key/],
  ['body', 'x'.repeat(1_048_577), /at most 1048576 bytes/],
] as const)('names what is wrong at %s', (path, body, message) => {
  const { status, code, errors } = problem(body);
  expect({ status, code }).toEqual({ status: 422, code: 'invalid_request' });
  expect(errors).toContainEqual({ path, message: expect.stringMatching(message) });
});

test('of a queue that is gone nothing is taken; only lanes need a file', () => {
  expect(problem(good, 'old.queue').errors?.[0]?.message).toMatch(/no queue "old\.queue"/);
  const cancel = {
    id: 'c',
    type: 'batch.cancel-requested',
    version: 1,
    occurredAt: good.occurredAt,
    payload: {},
  };
  expect(readRepair(queues.batchCancelRequested.name, cancel)).toBe(JSON.stringify(cancel));
});
