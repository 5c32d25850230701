import {
  deadQueueName,
  exchanges,
  Failure,
  failureKinds,
  nextStep,
  rungAtLeast,
  type FailureKind,
  type InvalidMessage,
  type RungName,
  type WorkQueue,
} from '@image2model/contracts';
import type { Outages } from '../broker.js';
import { Requeue } from '../define-handler.js';
import { delayOf, type Destination } from '../publishing/destination.js';
import { deadHeaders, retryHeaders, triesOf, type Headers } from './headers.js';
import { namedOutage } from './named-outage.js';

/** What happens to a message that was not handled. */
export type Move =
  /** Stays unacked and goes back when its channel closes. */
  | { do: 'give-back' }
  /** The same body goes on with these headers; confirmed, then acked. */
  | {
      do: 'forward';
      outcome: 'retried' | 'dead' | 'invalid' | 'requeued';
      destination: Destination;
      headers: Record<string, unknown>;
      attempt: number;
      rung?: RungName;
      failure?: Failure;
      kind?: FailureKind;
    };

const deadLetter = (queue: string): Destination => ({
  exchange: exchanges.deadLetter.name,
  routingKey: deadQueueName(queue),
  mandatory: true,
});

/** A body that was not understood is a dead letter at once: it will not be understood later either. */
export function moveOfInvalid(queue: WorkQueue, headers: Headers, invalid: InvalidMessage, now: Date): Move {
  const { reason, message: error } = invalid;
  return {
    do: 'forward',
    outcome: 'invalid',
    destination: deadLetter(queue.name),
    headers: deadHeaders(headers, { queue: queue.name, reason, error, failedAt: now.toISOString() }),
    attempt: triesOf(headers).attempt,
  };
}

export interface FailedTask {
  queue: WorkQueue;
  headers: Headers;
  thrown: unknown;
  outages: Outages;
  draining: boolean;
  now: Date;
  /** In [0, 1). */
  jitter: number;
}

/** The failure path of a handler that threw. */
export function moveOfFailed(task: FailedTask): Move {
  if (isGivenBack(task.thrown, task.draining)) return moveOfRequeued(task);
  const { queue, headers, jitter } = task;
  const failure = Failure.from(namedOutage(task.thrown, task.outages));
  const { attempt, parked } = triesOf(headers);
  const { parks } = failureKinds[failure.kind];
  const step = nextStep(failure, parks ? attempt + parked : attempt, jitter, queue.delays);
  if (step.do === 'fail') return moveOfDead(task, failure, attempt);
  const next = parks ? { attempt, parked: parked + 1 } : { attempt: attempt + 1, parked };
  return {
    do: 'forward',
    outcome: 'retried',
    destination: delayOf(queue, step.rung.name),
    headers: retryHeaders(headers, next),
    attempt,
    rung: step.rung.name,
    failure,
    kind: failure.kind,
  };
}

function moveOfDead({ queue, headers, now }: FailedTask, failure: Failure, attempt: number): Move {
  const { code: reason, kind, message: error } = failure;
  const dead = { queue: queue.name, reason, kind, error, attempt, failedAt: now.toISOString() };
  return {
    do: 'forward',
    outcome: 'dead',
    destination: deadLetter(queue.name),
    headers: deadHeaders(headers, dead),
    attempt,
    failure,
    kind,
  };
}

/** Outside a drain nothing would give the message back for a long time, so it waits on the lowest rung instead. */
function moveOfRequeued({ queue, headers, draining }: FailedTask): Move {
  if (draining || queue.delays.length === 0) return { do: 'give-back' };
  const rung = rungAtLeast(0, queue.delays).name;
  const tries = triesOf(headers);
  return {
    do: 'forward',
    outcome: 'requeued',
    destination: delayOf(queue, rung),
    headers: retryHeaders(headers, tries),
    attempt: tries.attempt,
    rung,
  };
}

/** What a handler throws when the drain's abort signal interrupts it is often not the `Requeue` itself. */
function isGivenBack(thrown: unknown, draining: boolean): boolean {
  if (thrown instanceof Requeue) return true;
  if (!draining || typeof thrown !== 'object' || thrown === null) return false;
  return (
    ('name' in thrown && thrown.name === 'AbortError') ||
    ('cause' in thrown && thrown.cause instanceof Requeue)
  );
}
