import type { Broker } from '@image2model/broker';
import { laneQueues, type Lane } from '@image2model/contracts';
import type { BatchRecord, Beating, Progress } from '@image2model/progress';
import { failpoint, type Logger, type Metrics } from '@image2model/service-kit';
import { cancelBatch } from './cancel-batch.js';
import { reissueFile } from './reissue-file.js';
import type { Relay } from './relay-completions.js';

interface Deps {
  broker: Broker;
  progress: Progress;
  relay: Relay;
  instance: string;
  beating: Pick<Beating, 'lanePaused'>;
  logger: Logger;
  metrics: Metrics;
  timing: ReconcilerTiming;
}

/** All in ms. */
export interface ReconcilerTiming {
  leaseMs: number;
  /** A claimed or parked file is published again when it is so much overdue. */
  overdueMs: number;
  /** So long until a file is published once more; a copy that only waits in a long queue is still good then. */
  reissueDueMs: number;
}

/** A batch that was never activated: its gateway died before the 202. */
const stagingLifeMs = 24 * 3_600_000;
const overduePerSweep = 4_096;
/** Sweeps that must have seen a lane empty before the message of a file is thought lost. */
const emptySweeps = 2;
/** Counters are checked against the states every so many sweeps. */
const recountEvery = 6;

/** Heals what crashes leave behind: unsent completions, overdue files, unfinished cancels, counters. */
export class Reconciler {
  private readonly empty: Record<Lane, number> = { high: 0, normal: 0, low: 0 };
  private sweeps = 0;
  private unsent = 0;

  constructor(private readonly deps: Deps) {}

  /** One sweep over all batches whose completion is not relayed; one process at a time. */
  async sweep(): Promise<void> {
    const { progress, instance, logger, metrics, timing } = this.deps;
    if (!(await progress.fleet.holdLease('reconcile', instance, timing.leaseMs))) {
      // another process counts now; our last number would stay for ever
      metrics.clear('outbox_depth');
      return;
    }
    failpoint('orchestrator.21.reconcile-leased');
    const active = await progress.lanes.active();
    this.unsent = 0;
    if (active.length === 0) {
      metrics.set('outbox_depth', {}, 0);
      return;
    }
    this.sweeps += 1;
    const now = await progress.fleet.serverTimeMs();
    await this.lookAtLanes();
    for (const batchId of active) {
      try {
        await this.heal(batchId, now);
      } catch (error) {
        logger.warn('could not look after a batch; the next sweep tries again', { batchId, error });
      }
    }
    metrics.set('outbox_depth', {}, this.unsent);
  }

  async close(): Promise<void> {
    failpoint('orchestrator.33.reconciler-ending');
    await this.deps.progress.fleet.dropLease('reconcile', this.deps.instance);
    failpoint('orchestrator.34.reconciler-ended');
  }

  private async lookAtLanes(): Promise<void> {
    for (const [lane, queue] of Object.entries(laneQueues) as [Lane, { name: string }][]) {
      this.empty[lane] = (await this.deps.broker.readyCount(queue.name)) === 0 ? this.empty[lane] + 1 : 0;
    }
  }

  private async heal(batchId: string, now: number): Promise<void> {
    const { progress } = this.deps;
    const batch = await progress.batches.read(batchId);
    if (batch === null) return progress.lanes.dropActive(batchId);
    if (batch.retrying === true) {
      await progress.retries.resume(batchId);
      return;
    }
    switch (batch.state) {
      case 'staging':
        if (now - batch.createdAtMs > stagingLifeMs) await progress.batches.dropStaged(batchId);
        return;
      case 'running':
        return this.healRunning(batch, now);
      case 'cancelling':
        return cancelBatch(this.deps, batchId);
      case 'completed':
      case 'partial':
      case 'failed':
      case 'cancelled':
        await this.healTerminal(batchId);
    }
  }

  private async healTerminal(batchId: string): Promise<void> {
    const { progress, relay } = this.deps;
    try {
      await relay(batchId);
      failpoint('orchestrator.26.ended-relayed');
    } finally {
      const rows = await progress.settlements.outbox(batchId);
      this.unsent += rows.length;
      if (rows.length === 0) await progress.lanes.dropActive(batchId);
      failpoint('orchestrator.27.ended-dropped');
    }
  }

  private async healRunning(batch: BatchRecord, now: number): Promise<void> {
    const { progress, relay, timing } = this.deps;
    const { settlements, lanes } = progress;
    await this.liftHold(batch, now);
    await lanes.ensure(batch.id);
    const late = await settlements.overdue(batch.id, now, overduePerSweep);
    // concluded files whose file.settled never came: settle from the conclusion
    for (let at = 0; at < late.length; at += 256)
      await settlements.finish(batch.id, late.slice(at, at + 256));
    if (late.length > 0) failpoint('orchestrator.22.late-settled');
    const lost =
      late.length === 0 || this.deps.beating.lanePaused(batch.lane)
        ? [] // nobody takes copies of it before the lane goes on
        : await settlements.overdue(batch.id, now - timing.overdueMs, overduePerSweep);
    const again = {
      dueInMs: timing.reissueDueMs,
      unclaimed: this.empty[batch.lane] >= emptySweeps,
      why: 'overdue',
    };
    for (const idx of lost) await reissueFile(this.deps, batch, idx, again);
    if (this.sweeps % recountEvery === 0) {
      const { wrong } = await settlements.recount(batch.id);
      failpoint('orchestrator.25.recounted');
      if (wrong > 0)
        this.deps.logger.warn('counters differed from the states and were corrected', {
          batchId: batch.id,
          wrong,
        });
    }
    await relay(batch.id);
  }

  /** A hold that knows its end, for example the next day's money. */
  private async liftHold({ id, lane, hold }: BatchRecord, now: number): Promise<void> {
    const { progress, logger } = this.deps;
    if (hold?.untilMs === undefined || hold.untilMs > now) return;
    if (!(await progress.controls.unholdDue(id))) return;
    logger.info('a hold is over; the batch goes on', { batchId: id, reason: hold.reason });
    await progress.lanes.nudge(lane);
  }
}
