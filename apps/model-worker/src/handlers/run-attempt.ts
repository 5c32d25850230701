import { Requeue, type Broker } from '@image2model/broker';
import {
  Failure,
  failureKinds,
  generateMessageId,
  generationRungs,
  laneQueues,
  modelGenerate,
  nextStep,
} from '@image2model/contracts';
import type { Conclusion, Holding, Progress } from '@image2model/progress';
import type { Logger, Metrics } from '@image2model/service-kit';
import type { BatchContext } from '../domain/batch-context.js';
import type { ClaimKeeper, ProgressSink } from '../domain/claim-keeper.js';
import type { Provider } from '../domain/provider.js';
import { StopReason } from '../domain/stop-reason.js';

interface Deps {
  broker: Broker;
  progress: Progress;
  providers: ReadonlyMap<string, Provider>;
  held: ClaimKeeper;
  progressWriter: ProgressSink;
  settle: (batchId: string, idx: number) => Promise<true>;
  limits: { softS: number; hardS: number };
  logger: Logger;
  metrics: Metrics;
}

/** Runs claimed attempts: provider, artefact, conclusion, file.settled; or the next rung of the retry ladder. */
export class AttemptRunner {
  constructor(private readonly deps: Deps) {}

  /** @param slot.leave frees the worker's slot; called as soon as the generation has ended */
  async run(
    batch: BatchContext,
    holding: Holding,
    slot: { signal: AbortSignal; leave: () => void },
  ): Promise<void> {
    const claim = this.deps.held.hold(batch.id, holding);
    const hard = AbortSignal.timeout(this.deps.limits.hardS * 1_000);
    const signal = AbortSignal.any([claim.signal, slot.signal, hard]);
    try {
      const outcome = await this.generate(batch, holding, signal, hard).finally(slot.leave);
      if (outcome instanceof Failure) await this.fail(batch, holding, outcome);
      else if (outcome instanceof StopReason) await this.stop(batch, holding, outcome);
      else await this.conclude(batch, holding, outcome);
    } finally {
      this.deps.progressWriter.drop(batch.id, holding.idx);
      claim.drop();
    }
  }

  /** A file that five workers died on. */
  async condemnPoison(batch: BatchContext, holding: Holding): Promise<void> {
    await this.conclude(batch, holding, failed(new Failure('poison', failureKinds.poison.meaning)));
  }

  /** Gives a claim back unused; the message goes back with its channel. @throws Requeue always */
  async giveBack(batch: BatchContext, holding: Holding): Promise<never> {
    await this.deps.progress.attempts.release(batch.id, holding);
    throw new Requeue('told to stop; the file goes back');
  }

  private async generate(
    batch: BatchContext,
    { idx }: Holding,
    signal: AbortSignal,
    hard: AbortSignal,
  ): Promise<Conclusion | Failure | StopReason> {
    const { providers, progressWriter, limits, logger } = this.deps;
    const provider = providers.get(batch.provider);
    if (provider === undefined)
      return new Failure('unexpected', `no provider ${batch.provider} in this worker`);
    const soft = setTimeout(
      () => logger.warn('slow generation', { batchId: batch.id, fileIdx: idx, softLimitS: limits.softS }),
      limits.softS * 1_000,
    );
    try {
      const onProgress = (stage: string, percent: number): void =>
        progressWriter.set(batch.id, { idx, stage, percent: Math.round(percent) });
      const model = await provider.generate({
        batchId: batch.id,
        idx,
        settings: batch.settings,
        signal,
        onProgress,
      });
      return { outcome: 'completed', model };
    } catch (error) {
      if (hard.aborted)
        return new Failure('timeout', `not finished after ${limits.hardS} s (the hard limit)`);
      if (signal.aborted)
        return signal.reason instanceof StopReason ? signal.reason : new StopReason('draining');
      return Failure.from(error);
    } finally {
      clearTimeout(soft);
    }
  }

  private async stop(batch: BatchContext, holding: Holding, { why }: StopReason): Promise<void> {
    if (why === 'cancelled') return this.conclude(batch, holding, { outcome: 'cancelled' });
    if (why === 'draining') return this.giveBack(batch, holding);
    this.deps.logger.warn('the claim is lost; somebody else has the file', {
      batchId: batch.id,
      fileIdx: holding.idx,
    });
  }

  /** The next rung, or the end of the file. */
  private async fail(batch: BatchContext, holding: Holding, failure: Failure): Promise<void> {
    const { progress, broker, logger, metrics } = this.deps;
    const { idx } = holding;
    const tries = await progress.attempts.countFailure(batch.id, holding, failure.kind);
    if (tries === undefined) return;
    const step = nextStep(failure, tries, Math.random(), generationRungs);
    // a bad image is the caller's business, not that of people on call
    const level = failureKinds[failure.kind].blame === 'caller' ? 'info' : 'warn';
    const about = { batchId: batch.id, fileIdx: idx, code: failure.code, next: step.do, error: failure };
    logger[level]('attempt failed', about);
    if (step.do === 'fail') return this.conclude(batch, holding, failed(failure));
    const detail = `${shown(failure)}; next try in ${step.rung.name}`;
    const gen = await progress.attempts.park(batch.id, holding, step.rung.delayMs, {
      code: 'retry_at',
      detail,
    });
    if (gen === undefined) return;
    metrics.inc('retries_total', { kind: failure.kind });
    await broker.publishDelayed(
      modelGenerate,
      {
        id: generateMessageId(batch.id, idx, gen),
        batchId: batch.id,
        fileIdx: idx,
        tenant: batch.tenant,
        payload: { gen },
      },
      { queue: laneQueues[batch.lane], rung: step.rung.name },
    );
  }

  private async conclude(batch: BatchContext, holding: Holding, conclusion: Conclusion): Promise<void> {
    const status = await this.deps.progress.attempts.conclude(batch.id, holding, conclusion);
    if (status === 'ok' || status === 'concluded') await this.deps.settle(batch.id, holding.idx);
    else
      this.deps.logger.info('a conclusion came too late', {
        batchId: batch.id,
        fileIdx: holding.idx,
        status,
      });
  }
}

/** What the caller reads: what a defect says of itself may name paths; the log has it. */
const shown = ({ kind, message }: Failure): string =>
  kind === 'unexpected' ? failureKinds.unexpected.meaning : message;

const failed = (failure: Failure): Conclusion => ({
  outcome: 'failed',
  error: {
    kind: failure.kind,
    code: failure.code,
    message: shown(failure),
    retryable: failureKinds[failure.kind].blame !== 'caller',
  },
});
