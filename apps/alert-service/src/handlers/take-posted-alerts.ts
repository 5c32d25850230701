import type { AlertOutboxRow, AlertRecords, Fleet } from '@image2model/progress';
import type { Closable, Logger } from '@image2model/service-kit';
import { alertOf } from '../domain/alert.js';
import type { Dispatcher } from './dispatch-delivery.js';
import type { ReceiveAlert } from './receive-alert.js';

export interface PostedDeps {
  alerts: Pick<AlertRecords, 'posted' | 'takeOut'>;
  fleet: Pick<Fleet, 'holdLease' | 'dropLease'>;
  instance: string;
  receive: ReceiveAlert;
  forward: Dispatcher['forward'];
  logger: Logger;
}

const leaseName = 'alert-outbox';
const leaseMs = 60_000;
const rowsAtOnce = 100;
/** What a channel did not take, or somebody else works on, is looked at again so much later. */
const againMs = 15_000;
/** The first one was when the delivery came to be. */
const laterAttempt = 2;

/**
 * Takes alerts that were posted in Redis because RabbitMQ was away. It looks when it is nudged and, while something is
 * left, every 15 s: at rest it costs nothing. A row is taken out when it is dealt with.
 */
export class PostedAlerts implements Closable {
  #running: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(private readonly deps: PostedDeps) {}

  /** Something may be there. Never rejects; calls during a look make one more look. */
  readonly nudge = (): void => {
    this.#again = true;
    if (this.#closed || this.#running !== undefined) return;
    this.#running = this.#look().finally(() => {
      this.#running = undefined;
    });
  };

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #look(): Promise<void> {
    clearTimeout(this.#timer);
    let left = true;
    while (this.#again && !this.#closed) {
      this.#again = false;
      left = await this.#takeAll().catch((error: unknown) => {
        this.deps.logger.warn('posted alerts could not be taken; tried again', { error });
        return true;
      });
    }
    if (left && !this.#closed) this.#timer = setTimeout(this.nudge, againMs).unref();
  }

  /** @returns whether something may be left */
  async #takeAll(): Promise<boolean> {
    const { alerts, fleet, instance } = this.deps;
    const rows = await alerts.posted(rowsAtOnce);
    if (rows.length === 0) return false;
    if (!(await fleet.holdLease(leaseName, instance, leaseMs))) return true;
    let left = rows.length === rowsAtOnce;
    if (left) this.#again = true;
    try {
      for (const { key, row } of rows) {
        if (this.#closed) return true;
        if (await this.#deal(row)) await alerts.takeOut([key]);
        else left = true;
      }
    } finally {
      await fleet.dropLease(leaseName, instance).catch(() => undefined); // it ends by itself
    }
    return left;
  }

  async #deal(row: AlertOutboxRow): Promise<boolean> {
    const { receive, forward, logger } = this.deps;
    try {
      if (row.kind === 'alert') await receive(alertOf(row));
      else await forward({ id: row.id, ...row.payload }, laterAttempt);
      return true;
    } catch (error) {
      logger.warn('a posted alert waits on', { id: row.id, error });
      return false;
    }
  }
}
