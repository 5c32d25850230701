import type { Logger, QueueWork } from '@image2model/service-kit';
import type { TopologyKeeper } from '../connection/topology-keeper.js';
import type { Delivery } from './delivery.js';

/** Does the work of a delivery. @returns whether to ack it; false leaves it unacked until its channel closes */
export type Work = (delivery: Delivery) => Promise<boolean>;

export interface QueueConsumerOptions {
  queue: string;
  prefetch: number;
  /** While messages are finished fast, up to so many. */
  prefetchMost?: number | undefined;
  /** So many may rest beside them. */
  restMost?: number | undefined;
  /** Consumes nothing before `resume`. */
  paused?: boolean;
  work: Work;
  topology: Pick<TopologyKeeper, 'queue'>;
  logger: Logger;
}

/** What a queue's consumer holds now. */
export type QueueLoad = Omit<QueueWork, 'queue' | 'task' | 'handled' | 'oldestUnackedMs'>;
