import { Failure, failureKinds, InvalidMessage, queues, type FailureKind } from '@image2model/contracts';
import { Requeue } from '../define-handler.js';
import { moveOfFailed, moveOfInvalid, type FailedTask } from './next-move.js';

const queue = queues.fileSettled;
const now = new Date('2026-01-01T00:00:00.000Z');
const task = (thrown: unknown, headers = {}, draining = false): FailedTask => ({
  queue,
  headers,
  thrown,
  outages: { 'dependency.redis': (error) => error instanceof RangeError },
  draining,
  now,
  jitter: 0,
});
const kinds = Object.keys(failureKinds) as FailureKind[];

it.each(kinds)('gives a %s failure exactly its attempts, unless it parks', (kind) => {
  const { attempts, parks } = failureKinds[kind];
  const outcomeOf = (attempt: number): string => {
    const move = moveOfFailed(task(new Failure(kind, 'm'), { 'i2m-attempt': attempt }));
    return move.do === 'forward' ? move.outcome : move.do;
  };
  expect(outcomeOf(attempts)).toBe(parks ? 'retried' : 'dead');
  if (attempts > 1) expect(outcomeOf(attempts - 1)).toBe('retried');
});

it('names an outage, and gives it the attempts of one', () => {
  expect(moveOfFailed(task(new RangeError('away'), { 'i2m-attempt': 7 }))).toMatchObject({
    outcome: 'retried',
    kind: 'dependency',
    failure: { code: 'dependency.redis', message: 'what the step needs is away' },
  });
  expect(moveOfFailed(task(new TypeError('a defect'), { 'i2m-attempt': 2 }))).toMatchObject({
    outcome: 'dead',
    kind: 'unexpected',
  });
});

it('climbs the ladder while it parks and uses no attempt', () => {
  const move = moveOfFailed(task(new Failure('auth', 'm'), { 'i2m-attempt': 1, 'i2m-parked': 4 }));
  expect(move).toMatchObject({
    outcome: 'retried',
    rung: '60s',
    headers: { 'i2m-attempt': 1, 'i2m-parked': 5 },
    destination: { exchange: 'retry', routingKey: `60s.${queue.name}`, mandatory: true },
  });
});

it('waits at least as long as the other side asked', () => {
  const move = moveOfFailed(task(new Failure('dependency', 'm', { retryAfterMs: 6_000 })));
  expect(move).toMatchObject({ rung: '60s', headers: { 'i2m-attempt': 2 } });
});

it('sends a dead letter to the dead queue with its reason', () => {
  const move = moveOfFailed(task(new Failure('input', 'bad', { code: 'input.bad' })));
  expect(move).toMatchObject({
    outcome: 'dead',
    kind: 'input',
    destination: { exchange: 'dead-letter', routingKey: `${queue.name}.dead`, mandatory: true },
    headers: {
      'i2m-reason': 'input.bad',
      'i2m-kind': 'input',
      'i2m-attempt': 1,
      'i2m-failed-at': now.toISOString(),
    },
  });
});

it('sends what was not understood there too', () => {
  expect(moveOfInvalid(queue, {}, new InvalidMessage('not_json', 'x'), now)).toMatchObject({
    outcome: 'invalid',
    headers: { 'i2m-reason': 'not_json', 'i2m-error': 'not_json: x' },
  });
});

it('gives back in a drain what was interrupted, and only that', () => {
  const interrupted = [
    new Requeue(),
    new DOMException('stopped', 'AbortError'),
    new Failure('transient', 'm', { cause: new Requeue() }),
  ];
  for (const thrown of interrupted) expect(moveOfFailed(task(thrown, {}, true))).toEqual({ do: 'give-back' });
  expect(moveOfFailed(task(new Failure('transient', 'm'), {}, true))).toMatchObject({ outcome: 'retried' });
  expect(moveOfFailed(task(interrupted[1], {}, false))).toMatchObject({
    outcome: 'retried',
    kind: 'unexpected',
  });
});

it('lets a Requeue outside a drain wait on the lowest rung without using an attempt', () => {
  const move = moveOfFailed(task(new Requeue(), { 'i2m-attempt': 2 }));
  expect(move).toMatchObject({ outcome: 'requeued', rung: '5s', headers: { 'i2m-attempt': 2 } });
  const nowhere = { ...task(new Requeue()), queue: { ...queue, delays: [] } };
  expect(moveOfFailed(nowhere)).toEqual({ do: 'give-back' });
});
