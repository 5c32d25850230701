import { Failure } from '@image2model/contracts';
import type { FalApi } from '@image2model/fal';
import { failpoint, type Logger, type Metrics } from '@image2model/service-kit';
import type { GenerationWatch } from '../domain/generation-watch.js';
import type { Generation, PaidFile } from '../domain/paid-file.js';
import { pause } from '../domain/pause.js';
import type { ProgressSink } from '../domain/progress-sink.js';
import { StopReason } from '../domain/stop-reason.js';

interface Deps {
  api: Pick<FalApi, 'cancel' | 'status'>;
  poller: GenerationWatch;
  progressWriter: ProgressSink;
  /** counted from the submit, s */
  limits: { softS: number; hardS: number };
  logger: Logger;
  metrics: Metrics;
}

/** What came of the waiting. `handOn`: the delivery was held long enough; another one goes on. */
export type Waited = 'completed' | 'handOn' | { stopped: StopReason } | { failure: Failure };

/** What became of a generation that was cancelled. */
export interface Cancelled {
  /** it has a result: a model that is paid for, or the word that it was cancelled */
  ended: boolean;
  /** not billed, unless the result is a model after all */
  free: boolean;
}

const cancelLimitMs = 10_000;
/** After a cancel the provider may still finish what it had begun; so long is waited for it, ms. */
const afterCancelMs = 10_000;
const afterCancelEveryMs = 500;

/** Waits for generations without holding anything but a delivery and a lease. */
export class GenerationWaiter {
  constructor(private readonly deps: Deps) {}

  async wait(file: PaidFile, generation: Generation): Promise<Waited> {
    const { limits } = this.deps;
    const hardAtMs = generation.boundAtMs + limits.hardS * 1_000;
    const handOnInMs = file.handOnAtMs - performance.now();
    const hardInMs = hardAtMs - Date.now();
    if (hardInMs <= 0) return { failure: tooLate(limits.hardS) };
    const limit = AbortSignal.timeout(Math.max(1, Math.ceil(Math.min(handOnInMs, hardInMs))));
    const slow = this.warnWhenSlow(file, generation);
    const unrest = file.rest();
    try {
      await this.deps.poller.watch(generation, {
        signal: AbortSignal.any([file.claim.signal, limit]),
        onState: (state) => this.show(file, generation, state),
      });
      failpoint('worker.35.completion-seen');
      return 'completed';
    } catch (error) {
      if (file.claim.signal.aborted) return { stopped: reasonOf(file.claim.signal) };
      if (!limit.aborted) return { failure: Failure.from(error) };
      return Date.now() >= hardAtMs ? { failure: tooLate(limits.hardS) } : 'handOn';
    } finally {
      unrest();
      clearTimeout(slow);
    }
  }

  /** Asks the provider to stop. */
  async cancel({ handle, intent }: Generation): Promise<Cancelled> {
    const { api, logger } = this.deps;
    const signal = AbortSignal.timeout(cancelLimitMs + afterCancelMs);
    try {
      const before = await api.status(handle, signal);
      if (before.state === 'completed') return { ended: true, free: false };
      const answer = await api.cancel(handle, signal);
      failpoint('worker.36.cancel-asked');
      if (answer !== 'requested') return { ended: answer === 'already_completed', free: false };
      // only what never ran is free; it may have begun between the two calls
      const after = before.state === 'queued' ? await this.stateOf(handle, signal) : 'running';
      if (after !== 'running') return { ended: after === 'completed', free: true };
      return { ended: await this.endsAfterCancel(handle, signal), free: false };
    } catch (error) {
      logger.warn('fal did not say what became of a cancelled request', { intent, error });
      return { ended: false, free: false };
    }
  }

  private async stateOf(
    handle: Generation['handle'],
    signal: AbortSignal,
  ): Promise<'queued' | 'running' | 'completed' | 'gone'> {
    try {
      return (await this.deps.api.status(handle, signal)).state;
    } catch (error) {
      if (Failure.from(error).kind === 'expired') return 'gone';
      throw error;
    }
  }

  private async endsAfterCancel(handle: Generation['handle'], signal: AbortSignal): Promise<boolean> {
    const untilMs = performance.now() + afterCancelMs;
    while (performance.now() < untilMs) {
      await pause(afterCancelEveryMs, signal);
      if ((await this.stateOf(handle, signal)) === 'completed') return true;
    }
    return false;
  }

  private show(file: PaidFile, { boundAtMs }: Generation, state: 'queued' | 'running'): void {
    const { batch, holding, endpoint } = file;
    const usualMs = endpoint.usualSeconds[1] * 1_000;
    const percent = state === 'queued' ? 5 : Math.min(90, 10 + (80 * (Date.now() - boundAtMs)) / usualMs);
    const stage = state === 'queued' ? 'queued at fal' : 'generating';
    this.deps.progressWriter.set(batch.id, { idx: holding.idx, stage, percent: Math.round(percent) });
  }

  private warnWhenSlow({ batch, holding }: PaidFile, { boundAtMs, intent }: Generation): NodeJS.Timeout {
    const { limits, logger, metrics, progressWriter } = this.deps;
    const inMs = boundAtMs + limits.softS * 1_000 - Date.now();
    const about = { batchId: batch.id, fileIdx: holding.idx, intent, softLimitS: limits.softS };
    return setTimeout(
      () => {
        logger.warn('slow generation', about);
        metrics.inc('generations_slow_total', {});
        progressWriter.set(batch.id, { idx: holding.idx, stage: 'slow at fal', percent: 90 });
      },
      Math.max(0, inMs),
    ).unref();
  }
}

const tooLate = (hardS: number): Failure =>
  new Failure('timeout', `not finished ${hardS} s after its submit (the hard limit)`);
const reasonOf = ({ reason }: AbortSignal): StopReason =>
  reason instanceof StopReason ? reason : new StopReason('draining');
