import { Failure } from '@image2model/contracts';
import type { Progress } from '@image2model/progress';
import { failpoint, type Logger, type Metrics } from '@image2model/service-kit';
import type { BatchContext } from '../domain/batch-context.js';
import type { LaneGate } from '../domain/lane-gate.js';
import type { Doubt, Generation, PaidFile, PaidStage } from '../domain/paid-file.js';
import type { Slots } from '../domain/slots.js';
import { StopReason } from '../domain/stop-reason.js';
import type { GenerationWaiter } from './await-generation.js';
import type { AttemptEnder } from './end-attempt.js';
import type { ProviderTrouble } from './provider-trouble.js';
import type { ModelReceiver } from './receive-model.js';
import type { DoubtResolver } from './resolve-doubt.js';

interface Deps {
  progress: Pick<Progress, 'attempts' | 'ledger' | 'spend'>;
  slots: Pick<Slots, 'release'>;
  places: LaneGate;
  waiter: GenerationWaiter;
  receiver: ModelReceiver;
  doubts: DoubtResolver;
  ender: AttemptEnder;
  trouble: ProviderTrouble;
  logger: Logger;
  metrics: Metrics;
}

const handOnRung = { name: '5s', delayMs: 5_000 } as const;
const parkedRung = { name: '15s', delayMs: 15_000 } as const;

/** What happens to a file when fal has no model for it after all. */
interface Otherwise {
  failure: Failure;
  /** a cancelled generation that never ran */
  free: boolean;
}
const notCancelled = { ended: false, free: false };

/** From an intent to the end of its file: what was paid for is brought home, whatever happens around it. */
export class PaidEnds {
  constructor(private readonly deps: Deps) {}

  async follow(file: PaidFile, from: PaidStage): Promise<void> {
    let stage = from;
    try {
      if (stage.at === 'doubt') stage = await this.deps.doubts.resolve(file, stage);
    } catch (error) {
      return this.stopped(file, stage, error);
    }
    if (stage.at !== 'bound') return;
    const waited = await this.deps.waiter.wait(file, stage);
    if (waited === 'completed') return this.take(file, stage);
    if (waited === 'handOn') return this.handOn(file);
    if ('stopped' in waited) return this.stop(file, stage, waited.stopped);
    // a limit has passed, or the provider forgot it
    const { failure } = waited;
    const end = failure.kind === 'timeout' ? await this.deps.waiter.cancel(stage) : notCancelled;
    if (end.ended) return this.take(file, stage, { failure, free: end.free });
    await this.giveSlotBack(stage);
    if (end.free) await this.refund(file, stage);
    await this.fail(file.batch, file.holding, failure);
  }

  /** For files that have no generation, or keep it. Trouble with the key or the account is everybody's. */
  async fail(batch: BatchContext, holding: PaidFile['holding'], failure: Failure): Promise<void> {
    const { ender, trouble } = this.deps;
    if (failure.kind !== 'auth' && failure.kind !== 'account') return ender.fail(batch, holding, failure);
    await trouble.park(failure);
    const waitingFor = { code: `provider_${failure.kind}`, detail: failure.message };
    await ender.later(batch, holding, { rung: parkedRung, waitingFor, refund: true });
  }

  /** Told to stop before anything was paid. @param reason undefined: the worker drains */
  async stopUnpaid({ batch, holding }: PaidFile, reason: StopReason | undefined): Promise<void> {
    const { ender, logger } = this.deps;
    if (reason === undefined || reason.why === 'draining') return ender.giveBack(batch, holding);
    if (reason.why === 'cancelled') return ender.conclude(batch, holding, { outcome: 'cancelled' });
    logger.warn('the claim is lost; somebody else has the file', { batchId: batch.id, fileIdx: holding.idx });
  }

  /**
   * The generation has ended: its slot is free, and its result is fetched as soon as there is a place.
   * @param otherwise why the file fails when fal has no model after all
   */
  private async take(file: PaidFile, generation: Generation, otherwise?: Otherwise): Promise<void> {
    const { places, progress, receiver, ender } = this.deps;
    const { batch, holding, claim, lane, draining } = file;
    try {
      await this.giveSlotBack(generation);
      const turn = await places.enter(lane, draining);
      try {
        if (!turn.begin()) await turn.wait(draining);
        if (!(await progress.ledger.beginWork(batch.id, holding))) return;
        failpoint('worker.37.work-begun');
        const model = await receiver.receive(uncancelled(file), generation);
        await ender.conclude(batch, holding, { outcome: 'completed', model });
      } finally {
        turn.leave();
      }
    } catch (error) {
      const { signal } = claim;
      if (draining.aborted) return ender.giveBack(batch, holding);
      if (signal.aborted && signal.reason instanceof StopReason && signal.reason.why === 'lost') return;
      await this.failed(file, generation, Failure.from(error), otherwise);
    }
  }

  /** What the result says when it is not a model. */
  private async failed(
    file: PaidFile,
    generation: Generation,
    failure: Failure,
    otherwise?: Otherwise,
  ): Promise<void> {
    const { batch, holding } = file;
    if (isUnbilled(failure, otherwise?.free)) await this.refund(file, generation);
    if (failure.code === 'expired.cancelled' && (await this.isCancelling(batch)))
      return this.deps.ender.conclude(batch, holding, { outcome: 'cancelled' });
    const noModel = failure.kind === 'job_failed' || failure.kind === 'expired';
    if (noModel && otherwise !== undefined) return this.fail(batch, holding, otherwise.failure);
    await this.fail(batch, holding, failure);
  }

  /** A worker may have asked the provider to cancel, and died. */
  private async isCancelling({ id }: BatchContext): Promise<boolean> {
    return (await this.deps.progress.attempts.batchState(id)) === 'cancelling';
  }

  private async stopped(file: PaidFile, stage: PaidStage, error: unknown): Promise<void> {
    const { signal } = file.claim;
    if (!signal.aborted) throw error;
    const reason = signal.reason instanceof StopReason ? signal.reason : new StopReason('draining');
    await this.stop(file, stage, reason);
  }

  private async stop(file: PaidFile, stage: PaidStage, { why }: StopReason): Promise<void> {
    const { ender, logger } = this.deps;
    const { batch, holding } = file;
    switch (why) {
      case 'draining':
        return ender.giveBack(batch, holding);
      case 'cancelled':
        return stage.at === 'bound' ? this.cancel(file, stage) : this.cancelInDoubt(file, stage);
      case 'lost':
      case 'late':
        logger.warn('the claim is lost; somebody else has the file', {
          batchId: batch.id,
          fileIdx: holding.idx,
        });
    }
  }

  /** The batch is cancelled: what the provider had finished already was paid for, and is kept. */
  private async cancel(file: PaidFile, generation: Generation): Promise<void> {
    const { waiter, receiver, ender, logger } = this.deps;
    const { batch, holding } = file;
    const { ended, free } = await waiter.cancel(generation);
    await this.giveSlotBack(generation);
    if (free && !ended) await this.refund(file, generation);
    if (ended) {
      try {
        const model = await receiver.receive(uncancelled(file), generation);
        return await ender.conclude(batch, holding, { outcome: 'completed', model });
      } catch (error) {
        if (file.draining.aborted) return ender.giveBack(batch, holding);
        const failure = Failure.from(error);
        if (isUnbilled(failure, free)) await this.refund(file, generation);
        logger.info('a cancelled generation gave no model', { batchId: batch.id, code: failure.code });
      }
    }
    await ender.conclude(batch, holding, { outcome: 'cancelled' });
  }

  /** Nobody knows whether it was accepted; its price counts as spent, and a late callback finds it given up. */
  private async cancelInDoubt({ batch, holding }: PaidFile, stage: PaidStage | Doubt): Promise<void> {
    const { progress, ender } = this.deps;
    if ('intent' in stage) {
      const reply = await progress.ledger.doubt(batch.id, holding.idx, stage.intent, false);
      if (reply === 'bound') return this.handOnFor(batch, holding);
    }
    await ender.conclude(batch, holding, { outcome: 'cancelled' });
  }

  private async refund(
    { batch, holding }: Pick<PaidFile, 'batch' | 'holding'>,
    { intent }: Generation,
  ): Promise<void> {
    const { ledger, spend } = this.deps.progress;
    await ledger.refund(batch.id, holding.idx, intent);
    await spend.free(batch.tenant, intent);
    failpoint('worker.43.refunded');
  }

  private async giveSlotBack({ intent }: Generation): Promise<void> {
    await this.deps.slots.release([intent]).catch((error: unknown) => {
      // it is given back by its time, or by who looks after slots whose file has ended
      this.deps.logger.warn('a slot was not given back', { intent, error });
    });
  }

  private handOn({ batch, holding }: PaidFile): Promise<void> {
    return this.handOnFor(batch, holding);
  }

  private async handOnFor(batch: BatchContext, holding: PaidFile['holding']): Promise<void> {
    const waitingFor = { code: 'generating', detail: 'fal is generating; looked at again in a moment' };
    await this.deps.ender.later(batch, holding, { rung: handOnRung, waitingFor, refund: false });
  }
}

/** @param free it was cancelled before it ran */
const isUnbilled = ({ kind, code }: Failure, free = false): boolean =>
  kind === 'job_failed' || (free && code === 'expired.cancelled');

/** What fal has finished is paid for, and fetched also when the batch is cancelled meanwhile; only a drain stops that. */
const uncancelled = (file: PaidFile): PaidFile => ({
  ...file,
  claim: { signal: file.draining, drop: () => undefined },
});
