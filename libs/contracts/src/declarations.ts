import { rungs } from './failures/retry-policy.js';
import {
  deadQueueName,
  delayQueueName,
  delayRoutingKey,
  exchanges,
  workQueues,
  type WorkQueue,
} from './topology.js';

/** A queue as it is declared on the broker. Arguments are what RabbitMQ 3.10 and 4.x both accept (docs/adr/0003). */
export interface QueueDeclaration {
  readonly name: string;
  readonly role: 'work' | 'dead' | 'delay';
  readonly arguments: Readonly<Record<string, string | number>>;
  readonly bindings: readonly { exchange: string; routingKey: string }[];
}

const toDeadLetters = (queue: string): Record<string, string | number> => ({
  'x-dead-letter-exchange': exchanges.deadLetter.name,
  'x-dead-letter-routing-key': deadQueueName(queue),
});

/** Declared explicitly: 3.10 has no delivery limit by default and 4.x has 20. */
const quorum = { 'x-queue-type': 'quorum' } as const;

function workDeclaration(queue: WorkQueue): QueueDeclaration {
  const safety = {
    'x-delivery-limit': 20,
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish',
    'x-max-length': 200_000,
  };
  return {
    name: queue.name,
    role: 'work',
    arguments:
      queue.type === 'quorum'
        ? { ...quorum, ...safety, ...toDeadLetters(queue.name) }
        : { 'x-max-priority': 10, ...toDeadLetters(queue.name) },
    bindings: [{ exchange: exchanges[queue.exchange].name, routingKey: queue.routingKey }],
  };
}

/** One TTL per queue and one hop back: no message waits behind a longer one, none is lost with the broker down. */
function delayDeclarations(queue: WorkQueue): QueueDeclaration[] {
  return rungs
    .filter((rung) => queue.delays.includes(rung.name))
    .map((rung) => ({
      name: delayQueueName(rung.name, queue.name),
      role: 'delay' as const,
      arguments: {
        ...quorum,
        'x-message-ttl': rung.delayMs,
        'x-dead-letter-exchange': '',
        'x-dead-letter-routing-key': queue.name,
        'x-dead-letter-strategy': 'at-least-once',
        'x-overflow': 'reject-publish',
        'x-max-length': 200_000,
      },
      bindings: [{ exchange: exchanges.retry.name, routingKey: delayRoutingKey(rung.name, queue.name) }],
    }));
}

/** Everything that one work queue needs on the broker, dead-letter queue first. */
export function declarationsOf(queue: WorkQueue): QueueDeclaration[] {
  const dead: QueueDeclaration = {
    name: deadQueueName(queue.name),
    role: 'dead',
    // without a limit of its own, 4.x drops a dead letter after 20 deliveries; -1 makes 3.10 drop it after one
    arguments: { ...quorum, 'x-delivery-limit': 1_000_000 },
    bindings: [{ exchange: exchanges.deadLetter.name, routingKey: deadQueueName(queue.name) }],
  };
  return [dead, workDeclaration(queue), ...delayDeclarations(queue)];
}

/** The whole topology; every service asserts it at its start, so any of them may start first. */
export const allDeclarations = (): QueueDeclaration[] => workQueues.flatMap(declarationsOf);
