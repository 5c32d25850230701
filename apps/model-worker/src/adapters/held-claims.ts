import { leaseMs, type Holding, type Progress } from '@image2model/progress';
import { repeat, type Logger } from '@image2model/service-kit';
import { StopReason } from '../domain/stop-reason.js';
import type { ClaimKeeper } from '../domain/claim-keeper.js';

interface Held extends Holding {
  stop: AbortController;
}

const renewEveryMs = leaseMs / 3;
const lookEveryMs = 1_000;

/** The claims this process holds: their leases are renewed, and they are stopped when their batch is cancelled. */
export class HeldClaims implements ClaimKeeper {
  private readonly batches = new Map<string, Set<Held>>();
  private readonly loops: { close(): Promise<void> }[];

  constructor(
    private readonly progress: Progress,
    logger: Logger,
  ) {
    this.loops = [
      repeat({
        name: 'lease renewal',
        everyMs: renewEveryMs,
        atOnce: false,
        logger,
        run: () => this.renew(),
      }),
      repeat({ name: 'cancel watch', everyMs: lookEveryMs, atOnce: false, logger, run: () => this.look() }),
    ];
  }

  get size(): number {
    let size = 0;
    for (const held of this.batches.values()) size += held.size;
    return size;
  }

  /** @returns the claim's own signal and how to let go of it */
  hold(batchId: string, holding: Holding): { signal: AbortSignal; drop: () => void } {
    const held: Held = { ...holding, stop: new AbortController() };
    const group = this.batches.get(batchId) ?? new Set<Held>();
    if (group.size === 0) this.batches.set(batchId, group);
    group.add(held);
    return {
      signal: held.stop.signal,
      drop: () => {
        group.delete(held);
        if (group.size === 0 && this.batches.get(batchId) === group) this.batches.delete(batchId);
      },
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.close()));
  }

  private async renew(): Promise<void> {
    await Promise.all([...this.batches].map(([batchId, group]) => this.renewBatch(batchId, [...group])));
  }

  private async renewBatch(batchId: string, held: Held[]): Promise<void> {
    const { lost } = await this.progress.attempts.renew(batchId, held);
    for (const claim of held) if (lost.includes(claim.idx)) claim.stop.abort(new StopReason('lost'));
  }

  private async look(): Promise<void> {
    await Promise.all(
      [...this.batches].map(async ([batchId, group]) => {
        const state = await this.progress.attempts.batchState(batchId);
        if (state === 'running') return;
        const why = state === 'cancelling' ? 'cancelled' : 'lost';
        for (const claim of group) claim.stop.abort(new StopReason(why));
      }),
    );
  }
}
