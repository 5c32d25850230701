import { Failure } from '@image2model/contracts';
import type { AlertRecords } from '@image2model/progress';
import type { DeliveryGuard } from '../domain/channel.js';

/** Longer than a channel may take to answer. */
const leaseMs = 15_000;
const mostRemembered = 10_000;

/**
 * Each delivery is made once, over all processes. A process that dies in the middle of one leaves it to another, after 15 s:
 * then it may be made twice, never not at all. With Redis away only this process's own are known.
 */
export class DeliveryOnce implements DeliveryGuard {
  readonly #told = new Set<string>();
  readonly #underWay = new Set<string>();

  constructor(private readonly alerts: Pick<AlertRecords, 'beginDelivery' | 'endDelivery'>) {}

  async once(id: string, deliver: () => Promise<void>): Promise<'told' | 'known'> {
    if (this.#told.has(id)) return 'known';
    const begun = this.#underWay.has(id) ? 'busy' : await this.#begin(id);
    const end = (told: boolean): Promise<void> =>
      begun === 'blind' ? Promise.resolve() : this.#end(id, told);
    if (begun === 'done') return 'known';
    if (begun === 'busy')
      throw new Failure('channel', 'this alert is being delivered already', {
        code: 'channel.busy',
        retryAfterMs: leaseMs,
      });
    try {
      await deliver();
    } catch (error) {
      await end(false);
      throw error;
    } finally {
      this.#underWay.delete(id);
    }
    this.#remember(id);
    await end(true);
    return 'told';
  }

  async #begin(id: string): Promise<'go' | 'busy' | 'done' | 'blind'> {
    this.#underWay.add(id);
    const begun = await this.alerts.beginDelivery(id, leaseMs).catch(() => 'blind' as const);
    if (begun === 'busy' || begun === 'done') this.#underWay.delete(id);
    return begun;
  }

  /** What Redis does not take ends by itself, and this process knows. */
  #end(id: string, told: boolean): Promise<void> {
    return this.alerts.endDelivery(id, told).catch(() => undefined);
  }

  #remember(id: string): void {
    this.#told.add(id);
    const [oldest] = this.#told;
    if (this.#told.size > mostRemembered && oldest !== undefined) this.#told.delete(oldest);
  }
}
