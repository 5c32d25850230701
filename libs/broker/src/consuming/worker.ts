import type { TaskReport } from '../broker.js';
import type { Delivery } from './delivery.js';
import type { Task } from './task.js';

/** Deliveries since the start, by what became of them. */
export type Ended = Readonly<Partial<Record<TaskReport['outcome'], number>>>;

/** Does the work of one queue, over all its channels. */
export interface Worker {
  /** What the queue carries; null where it is not parsed. */
  readonly type: string | null;
  /** In work now, the oldest first. */
  readonly tasks: ReadonlySet<Task>;
  readonly ended: Ended;
  /** @returns whether to ack */
  work(delivery: Delivery): Promise<boolean>;
  /** Tells what is in work to stop; what is not finished from now on is given back. */
  drain(): void;
  /** Works again. */
  undrain(): void;
}
