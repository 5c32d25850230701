import { Requeue, type Broker, type HandlerContext } from '@image2model/broker';
import { Failure, newIntentId, settingsSchema, type Lane } from '@image2model/contracts';
import { falEndpointOf, falHandleSchema } from '@image2model/fal';
import type { ClaimRequest, PaidAttempt, Progress } from '@image2model/progress';
import { failpoint, type Logger } from '@image2model/service-kit';
import type { BatchContext } from '../domain/batch-context.js';
import type { ClaimKeeper } from '../domain/claim-keeper.js';
import type { LaneGate } from '../domain/lane-gate.js';
import type { PaidFile, PaidStage } from '../domain/paid-file.js';
import type { ProgressSink } from '../domain/progress-sink.js';
import type { Slots } from '../domain/slots.js';
import { StopReason } from '../domain/stop-reason.js';
import type { PaidEnds } from './end-generation.js';
import { followClaim, putOff, type FollowingParts, type GrantedClaim } from './follow-claim.js';
import type { Submitter } from './submit-generation.js';

interface Deps extends FollowingParts {
  broker: Pick<Broker, 'publishDelayed'>;
  progress: Pick<Progress, 'attempts' | 'ledger'>;
  slots: Slots;
  /** places for files that are submitted, downloaded or verified */
  places: LaneGate;
  held: ClaimKeeper;
  submitter: Submitter;
  ends: PaidEnds;
  progressWriter: ProgressSink;
  /** how long a delivery may be held, ms */
  holdMs: number;
  logger: Logger;
}

type Message = ClaimRequest;
type Context = Pick<HandlerContext, 'signal' | 'rest'>;

/**
 * Files whose provider is paid: slot → claim → intent → one submit → bind → wait → model. Wherever it stops, the next
 * delivery goes on from what the attempt says.
 */
export class PaidFiles {
  constructor(private readonly deps: Deps) {}

  async handle(lane: Lane, batch: BatchContext, message: Message, context: Context): Promise<void> {
    const handOnAtMs = performance.now() + this.deps.holdMs;
    for (;;) {
      const intent = newIntentId(batch.id, message.idx);
      const early: { image?: Promise<string | undefined> } = {};
      const slot = await this.slotFor(lane, batch, message, context, {
        ...{ intent, untilMs: handOnAtMs },
        near: () => {
          early.image = this.offerEarly(lane, batch.id, message.idx, intent, context.signal);
        },
      });
      if (slot === 'late') return putOff(this.deps.broker, batch, message, '5s');
      const kept = { slot: slot === 'granted' };
      try {
        failpoint('worker.27.slot-had');
        const claim = await this.deps.progress.attempts.claim(batch.id, message);
        let again = false;
        await followClaim(this.deps, batch, message, claim, context.signal, async (granted) => {
          if (granted.paid === undefined && slot !== 'granted') {
            // it was paid for, or its batch stopped, when it was looked at, and is not any more
            await this.deps.progress.attempts.release(batch.id, { idx: message.idx, token: granted.token });
            again = true;
            return;
          }
          const at = { lane, batch, message, context, handOnAtMs, intent, image: early.image };
          await this.work(at, granted, kept);
        });
        failpoint('worker.28.paid-done');
        if (!again) return;
      } finally {
        if (kept.slot) await this.deps.slots.release([intent]);
      }
    }
  }

  /**
   * Files that are paid for need no slot: they have one. Nor does a message whose file goes on under another: among those
   * that wait it would also keep its file from being looked after, which may have lost that other message.
   */
  private async slotFor(
    lane: Lane,
    batch: BatchContext,
    { idx, gen }: Message,
    context: Context,
    request: { intent: string; untilMs: number; near: () => void },
  ): Promise<'granted' | 'none' | 'late'> {
    if ((await this.deps.progress.ledger.peek(batch.id, idx, gen)) !== 'none') return 'none';
    const unrest = context.rest();
    try {
      const answer = await this.deps.slots.wait(
        { ...request, tenant: batch.tenant, batchId: batch.id, idx, lane },
        context.signal,
      );
      if (answer === 'stopped') throw new Requeue('not begun: the process stops, or the lane is paused');
      return answer === 'ask' ? 'none' : answer;
    } finally {
      unrest();
    }
  }

  private async work(
    at: {
      lane: Lane;
      batch: BatchContext;
      message: Message;
      context: Context;
      handOnAtMs: number;
      intent: string;
      image: Promise<string | undefined> | undefined;
    },
    { token, paid }: GrantedClaim,
    kept: { slot: boolean },
  ): Promise<void> {
    const { batch, message, context, lane, handOnAtMs, intent } = at;
    const { held, progressWriter, ends } = this.deps;
    const holding = { idx: message.idx, token };
    const settings = settingsSchema.parse(batch.settings);
    const endpoint = falEndpointOf(settings);
    if (endpoint === undefined) return ends.fail(batch, holding, unknownEndpoint());
    const claim = held.hold(batch.id, holding, context.signal, true);
    const draining = context.signal;
    const file: PaidFile = {
      ...{ batch, lane, holding, claim, endpoint, settings, draining, handOnAtMs },
      rest: () => context.rest(),
    };
    try {
      let stage = stageOf(paid);
      if (stage.at === 'new') {
        stage = await this.submit(file, intent, at.image);
        // bound or in doubt: the provider's until it ends, or until 60 s have passed without an answer
        if (stage.at === 'bound' || stage.at === 'doubt') kept.slot = false;
      }
      await ends.follow(file, stage);
    } finally {
      progressWriter.drop(batch.id, holding.idx);
      claim.drop();
    }
  }

  /** While a file waits for its slot its image can be brought to the provider. What goes wrong is met again later. */
  private async offerEarly(
    lane: Lane,
    batchId: string,
    idx: number,
    intent: string,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { places, submitter } = this.deps;
    try {
      const turn = await places.enter(lane, signal);
      try {
        if (!turn.begin()) await turn.wait(signal);
        return await submitter.offer({ batchId, idx, intent }, signal);
      } finally {
        turn.leave();
      }
    } catch {
      // the submit does it again, where a failure has consequences
      return undefined;
    }
  }

  private async submit(
    file: PaidFile,
    intent: string,
    image: Promise<string | undefined> | undefined,
  ): Promise<PaidStage> {
    const { places, submitter, ends } = this.deps;
    const { batch, holding, claim, lane, draining } = file;
    try {
      // before the place: it may be waiting for one itself
      const imageUrl = await image;
      const turn = await places.enter(lane, draining);
      try {
        if (!turn.begin()) await turn.wait(draining);
        return await submitter.submit(file, intent, imageUrl);
      } finally {
        turn.leave();
      }
    } catch (error) {
      if (error instanceof Requeue) throw error;
      const decided = await this.decided(file, intent, error);
      if (decided !== undefined) return decided;
      const { signal } = claim;
      if (!signal.aborted && !draining.aborted) await ends.fail(batch, holding, Failure.from(error));
      else await ends.stopUnpaid(file, signal.reason instanceof StopReason ? signal.reason : undefined);
      return { at: 'ended' };
    }
  }

  /** A step failed behind the decision to pay: what is noted of it counts, whatever went wrong here. */
  private async decided(file: PaidFile, intent: string, error: unknown): Promise<PaidStage | undefined> {
    const { progress, logger } = this.deps;
    const { batch, holding } = file;
    const paid = await progress.ledger.paid(batch.id, holding.idx);
    if (paid?.intent !== intent) return undefined;
    logger.error('a step of a paid submit failed; going on from what is noted', {
      ...{ batchId: batch.id, fileIdx: holding.idx, intent, error },
    });
    return stageOf(paid);
  }
}

function stageOf(paid: PaidAttempt | undefined): PaidStage {
  if (paid === undefined) return { at: 'new' };
  const { intent, imageUrl, intentAtMs, handle, boundAtMs } = paid;
  if (handle === '' || boundAtMs === null) return { at: 'doubt', intent, imageUrl, intentAtMs };
  return { at: 'bound', intent, handle: falHandleSchema.parse(JSON.parse(handle)), boundAtMs };
}

const unknownEndpoint = (): Failure =>
  new Failure('input', 'this version does not know the endpoint of its batch', {
    code: 'input.unknown_endpoint',
  });
