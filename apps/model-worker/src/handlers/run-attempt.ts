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
import { failpoint, type Logger, type Metrics } from '@image2model/service-kit';
import type { BatchContext } from '../domain/batch-context.js';
import type { ClaimKeeper, HeldClaim } from '../domain/claim-keeper.js';
import type { Turn } from '../domain/lane-gate.js';
import type { ProgressSink } from '../domain/progress-sink.js';
import type { Provider } from '../domain/provider.js';
import { StopReason } from '../domain/stop-reason.js';

interface Deps {
  broker: Broker;
  progress: Progress;
  providers: ReadonlyMap<string, Provider>;
  held: ClaimKeeper;
  progressWriter: ProgressSink;
  settle: (batchId: string, idx: number) => Promise<true>;
  limits: { hardS: number };
  logger: Logger;
  metrics: Metrics;
}

/** Runs claimed attempts: provider, artefact, conclusion, file.settled; or the next rung of the retry ladder. */
export class AttemptRunner {
  constructor(private readonly deps: Deps) {}

  /** @param turn the file's place at the gate; its slot is free as soon as the generation has ended */
  async run(batch: BatchContext, holding: Holding, turn: Turn, draining: AbortSignal): Promise<void> {
    const claim = this.deps.held.hold(batch.id, holding, draining);
    try {
      const outcome = await this.generate(batch, holding, claim, turn, draining).finally(() => turn.leave());
      failpoint('worker.13.generated');
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
    failpoint('worker.22.releasing');
    await this.deps.progress.attempts.release(batch.id, holding);
    failpoint('worker.23.released');
    throw new Requeue('told to stop; the file goes back');
  }

  private async generate(
    batch: BatchContext,
    { idx }: Holding,
    claim: HeldClaim,
    turn: Turn,
    draining: AbortSignal,
  ): Promise<Conclusion | Failure | StopReason> {
    const { providers, progressWriter, limits } = this.deps;
    const provider = providers.get(batch.provider);
    if (provider === undefined)
      return new Failure('unexpected', `no provider ${batch.provider} in this worker`);
    try {
      // claimed ahead of its slot: that is done only while tasks are short, so this is as well
      if (!turn.begin()) await turn.wait(draining);
      const model = await provider.generate({
        batchId: batch.id,
        idx,
        settings: batch.settings,
        get signal() {
          return claim.signal;
        },
        onProgress: (stage, percent) =>
          progressWriter.set(batch.id, { idx, stage, percent: Math.round(percent) }),
      });
      return { outcome: 'completed', model };
    } catch (error) {
      const { signal } = claim;
      if (!signal.aborted) return Failure.from(error);
      const reason = signal.reason instanceof StopReason ? signal.reason : new StopReason('draining');
      if (reason.why !== 'late') return reason;
      return new Failure('timeout', `not finished after ${limits.hardS} s (the hard limit)`);
    }
  }

  private async stop(batch: BatchContext, holding: Holding, { why }: StopReason): Promise<void> {
    if (why === 'cancelled') {
      failpoint('worker.21.cancel-seen');
      return this.conclude(batch, holding, { outcome: 'cancelled' });
    }
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
    failpoint('worker.18.failure-counted');
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
    failpoint('worker.19.parked');
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
    failpoint('worker.20.park-published');
  }

  private async conclude(batch: BatchContext, holding: Holding, conclusion: Conclusion): Promise<void> {
    const status = await this.deps.progress.attempts.conclude(batch.id, holding, conclusion);
    failpoint('worker.14.concluded');
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
