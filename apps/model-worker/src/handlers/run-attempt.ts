import { Failure, failureKinds } from '@image2model/contracts';
import type { Conclusion, Holding } from '@image2model/progress';
import { failpoint, type Logger } from '@image2model/service-kit';
import type { BatchContext } from '../domain/batch-context.js';
import type { ClaimKeeper, HeldClaim } from '../domain/claim-keeper.js';
import type { Turn } from '../domain/lane-gate.js';
import type { ProgressSink } from '../domain/progress-sink.js';
import type { Provider } from '../domain/provider.js';
import { StopReason } from '../domain/stop-reason.js';
import { failed, type AttemptEnder } from './end-attempt.js';

interface Deps {
  providers: ReadonlyMap<string, Provider>;
  held: ClaimKeeper;
  progressWriter: ProgressSink;
  ender: AttemptEnder;
  limits: { hardS: number };
  logger: Logger;
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
      if (outcome instanceof Failure) await this.deps.ender.fail(batch, holding, outcome);
      else if (outcome instanceof StopReason) await this.stop(batch, holding, outcome);
      else await this.deps.ender.conclude(batch, holding, outcome);
    } finally {
      this.deps.progressWriter.drop(batch.id, holding.idx);
      claim.drop();
    }
  }

  /** A file that five workers died on. */
  async condemnPoison(batch: BatchContext, holding: Holding): Promise<void> {
    const failure = new Failure('poison', failureKinds.poison.meaning);
    await this.deps.ender.conclude(batch, holding, failed(failure));
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
    const { ender, logger } = this.deps;
    if (why === 'cancelled') {
      failpoint('worker.21.cancel-seen');
      return ender.conclude(batch, holding, { outcome: 'cancelled' });
    }
    if (why === 'draining') return ender.giveBack(batch, holding);
    logger.warn('the claim is lost; somebody else has the file', { batchId: batch.id, fileIdx: holding.idx });
  }
}
