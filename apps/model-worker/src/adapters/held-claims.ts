import type { Holding, Progress } from '@image2model/progress';
import { failpoint, repeat, type Logger } from '@image2model/service-kit';
import { StopReason } from '../domain/stop-reason.js';
import type { ClaimKeeper, HeldClaim } from '../domain/claim-keeper.js';
import { Held } from './held.js';

const lookEveryMs = 1_000;

export interface HeldClaimsOptions {
  /** How long a claim holds without renewal, ms. */
  leaseMs: number;
  /** After `softS` a generation is reported as slow, after `hardS` it is stopped; looked at once a second. */
  limits: { softS: number; hardS: number };
  logger: Logger;
}

/**
 * The claims this process holds: their leases are renewed, and they are stopped when their batch is cancelled, their
 * limit has passed or the process drains. Timers and listeners are the process's, not each claim's.
 */
export class HeldClaims implements ClaimKeeper {
  private readonly batches = new Map<string, Set<Held>>();
  private readonly watched = new WeakSet<AbortSignal>();
  private readonly loops: { close(): Promise<void> }[];

  constructor(
    private readonly progress: Progress,
    private readonly options: HeldClaimsOptions,
  ) {
    const { logger, leaseMs } = options;
    this.loops = [
      repeat({
        name: 'lease renewal',
        everyMs: leaseMs / 3,
        atOnce: false,
        logger,
        run: () => this.renew(),
      }),
      repeat({ name: 'claim watch', everyMs: lookEveryMs, atOnce: false, logger, run: () => this.look() }),
    ];
  }

  get size(): number {
    let size = 0;
    for (const held of this.batches.values()) size += held.size;
    return size;
  }

  hold(batchId: string, holding: Holding, draining: AbortSignal, unlimited = false): HeldClaim {
    this.watch(draining);
    const group = this.batches.get(batchId) ?? new Set<Held>();
    if (group.size === 0) this.batches.set(batchId, group);
    const drop = (): void => {
      group.delete(held);
      if (group.size === 0 && this.batches.get(batchId) === group) this.batches.delete(batchId);
    };
    const held = new Held(holding, draining, drop, unlimited);
    group.add(held);
    return held;
  }

  async close(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.close()));
  }

  private watch(draining: AbortSignal): void {
    if (this.watched.has(draining)) return;
    this.watched.add(draining);
    const stop = (): void => {
      for (const group of this.batches.values())
        for (const held of group) if (held.draining === draining) held.stop(new StopReason('draining'));
    };
    draining.addEventListener('abort', stop, { once: true });
  }

  private async renew(): Promise<void> {
    await Promise.all([...this.batches].map(([batchId, group]) => this.renewBatch(batchId, [...group])));
  }

  private async renewBatch(batchId: string, held: Held[]): Promise<void> {
    failpoint('worker.24.renewing');
    const { lost } = await this.progress.attempts.renew(batchId, held);
    failpoint('worker.25.renewed');
    for (const claim of held) if (lost.includes(claim.idx)) claim.stop(new StopReason('lost'));
  }

  private async look(): Promise<void> {
    this.lookAtLimits();
    await Promise.all(
      [...this.batches].map(async ([batchId, group]) => {
        const state = await this.progress.attempts.batchState(batchId);
        if (state === 'running') return;
        const why = state === 'cancelling' ? 'cancelled' : 'lost';
        for (const claim of group) claim.stop(new StopReason(why));
      }),
    );
  }

  private lookAtLimits(): void {
    const { limits, logger } = this.options;
    const now = performance.now();
    for (const [batchId, group] of this.batches)
      for (const held of group) {
        if (held.unlimited) continue;
        if (held.passes(limits.softS, now))
          logger.warn('slow generation', { batchId, fileIdx: held.idx, softLimitS: limits.softS });
        if (now - held.sinceMs >= limits.hardS * 1_000) held.stop(new StopReason('late'));
      }
  }
}
