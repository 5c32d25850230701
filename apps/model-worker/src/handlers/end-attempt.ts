import { Requeue, type Broker } from '@image2model/broker';
import type { Failure } from '@image2model/contracts';
import {
  failureKinds,
  generateMessageId,
  generationRungs,
  laneQueues,
  modelGenerate,
  nextStep,
  type Rung,
} from '@image2model/contracts';
import type { Conclusion, Holding, Progress } from '@image2model/progress';
import { failpoint, type Logger, type Metrics } from '@image2model/service-kit';
import type { BatchContext } from '../domain/batch-context.js';
import type { LinkedImages } from '../domain/provider-images.js';

interface Deps {
  broker: Pick<Broker, 'publishDelayed'>;
  progress: Pick<Progress, 'attempts'>;
  settle: (batchId: string, idx: number) => Promise<true>;
  /** images that the provider fetches from here; undefined: none */
  links?: Pick<LinkedImages, 'drop'> | undefined;
  logger: Logger;
  metrics: Metrics;
}

/** A later try of a file. */
interface Later {
  rung: Pick<Rung, 'name' | 'delayMs'>;
  waitingFor: { code: string; detail: string };
  /** the claim used no attempt up */
  refund: boolean;
}

/** The ways an attempt can end: a conclusion, a later try, or the claim given back. */
export class AttemptEnder {
  constructor(private readonly deps: Deps) {}

  /** Ends the file; its settlement is told to the orchestrator. */
  async conclude(batch: BatchContext, holding: Holding, conclusion: Conclusion): Promise<void> {
    const status = await this.deps.progress.attempts.conclude(batch.id, holding, conclusion);
    failpoint('worker.14.concluded');
    // before the settlement is told: a retry after it has images of its own
    if (status === 'ok' && batch.provider === 'fal') await this.deps.links?.drop(batch.id, holding.idx);
    if (status === 'ok' || status === 'concluded') await this.deps.settle(batch.id, holding.idx);
    else
      this.deps.logger.info('a conclusion came too late', {
        batchId: batch.id,
        fileIdx: holding.idx,
        status,
      });
  }

  /** The next rung, or the end of the file. */
  async fail(batch: BatchContext, holding: Holding, failure: Failure): Promise<void> {
    const { progress, logger, metrics } = this.deps;
    const { idx } = holding;
    const tries = await progress.attempts.countFailure(batch.id, holding, failure.kind);
    if (tries === undefined) return;
    failpoint('worker.18.failure-counted');
    const step = nextStep(failure, tries, Math.random(), generationRungs);
    const policy = failureKinds[failure.kind];
    // a bad image is the caller's business, not that of people on call
    const level = policy.blame === 'caller' ? 'info' : 'warn';
    const about = { batchId: batch.id, fileIdx: idx, code: failure.code, next: step.do, error: failure };
    logger[level]('attempt failed', about);
    if (step.do === 'fail') return this.conclude(batch, holding, failed(failure));
    metrics.inc('retries_total', { kind: failure.kind });
    await this.later(batch, holding, {
      rung: step.rung,
      waitingFor: {
        code: waitCodes[failure.kind] ?? 'retry_at',
        detail: `${shown(failure).replace(/\.$/, '')}; next try in ${step.rung.name}`,
      },
      refund: policy.parks,
    });
  }

  /** Puts the file to sleep; its continuation wakes it. */
  async later(batch: BatchContext, holding: Holding, { rung, waitingFor, refund }: Later): Promise<void> {
    const { progress, broker } = this.deps;
    const { idx } = holding;
    const { attempts } = progress;
    const gen = await attempts.park(batch.id, holding, rung.delayMs, waitingFor, { refund });
    if (gen === undefined) return;
    failpoint('worker.19.parked');
    await broker.publishDelayed(
      modelGenerate,
      {
        id: generateMessageId(batch.id, idx, gen),
        batchId: batch.id,
        fileIdx: idx,
        tenant: batch.tenant,
        payload: { gen },
      },
      { queue: laneQueues[batch.lane], rung: rung.name },
    );
    failpoint('worker.20.park-published');
  }

  /** Gives a claim back unused; the message goes back with its channel. @throws Requeue always */
  async giveBack(batch: BatchContext, holding: Holding): Promise<never> {
    failpoint('worker.22.releasing');
    await this.deps.progress.attempts.release(batch.id, holding);
    failpoint('worker.23.released');
    throw new Requeue('told to stop; the file goes back');
  }
}

/** What people read while a file waits after a failure that is not the file's. */
const waitCodes: Partial<Record<Failure['kind'], string>> = {
  rate: 'rate_limit',
  auth: 'provider_auth',
  account: 'provider_account',
};

/** What the caller reads: what a defect says of itself may name paths; the log has it. */
const shown = ({ kind, message }: Failure): string =>
  kind === 'unexpected' ? failureKinds.unexpected.meaning : message;

export const failed = (failure: Failure): Conclusion => ({
  outcome: 'failed',
  error: {
    kind: failure.kind,
    code: failure.code,
    message: shown(failure),
    retryable: failureKinds[failure.kind].blame !== 'caller',
  },
});
