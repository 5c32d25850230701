import {
  delayRoutingKey,
  exchanges,
  workQueues,
  type MessageType,
  type RungName,
  type WorkQueue,
} from '@image2model/contracts';
import type { Route } from '../broker.js';

export interface Destination {
  readonly exchange: string;
  readonly routingKey: string;
  /** An unroutable message is an error. */
  readonly mandatory: boolean;
}

const awaitedEvents = new Set(
  workQueues.filter((queue) => queue.exchange === 'events').map((queue) => queue.routingKey),
);

/**
 * Tasks must reach a queue. So must events that the topology has a queue for; of the others nobody of ours keeps count, and
 * a program outside may or may not listen.
 */
export function destinationOf({ kind, type }: MessageType, { lane, queue }: Route): Destination {
  return kind === 'task'
    ? {
        exchange: exchanges.tasks.name,
        routingKey: queue?.routingKey ?? (lane === undefined ? type : `${type}.${lane}`),
        mandatory: true,
      }
    : { exchange: exchanges.events.name, routingKey: type, mandatory: awaitedEvents.has(type) };
}

export const delayOf = (queue: WorkQueue, rung: RungName): Destination => ({
  exchange: exchanges.retry.name,
  routingKey: delayRoutingKey(rung, queue.name),
  mandatory: true,
});

/** The default exchange: its routing key is a queue's name. */
export const straightTo = (queue: string): Destination => ({
  exchange: '',
  routingKey: queue,
  mandatory: true,
});
