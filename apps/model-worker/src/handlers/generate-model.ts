import { defineHandler, Requeue, type Broker, type Handler, type HandlerContext } from '@image2model/broker';
import {
  Failure,
  fileSettled,
  laneQueues,
  modelGenerate,
  type Envelope,
  type Lane,
} from '@image2model/contracts';
import type { Progress } from '@image2model/progress';
import { failpoint } from '@image2model/service-kit';
import type { BatchContext } from '../domain/batch-context.js';
import type { LaneGate } from '../domain/lane-gate.js';
import { followClaim, type FollowingParts } from './follow-claim.js';
import type { PaidFiles } from './follow-paid-file.js';
import type { AttemptRunner } from './run-attempt.js';

interface Deps extends FollowingParts {
  broker: Broker;
  progress: Progress;
  instance: string;
  contexts: (batchId: string) => Promise<BatchContext | null>;
  /** the gate of a provider; undefined when this worker does not have it */
  gate: (provider: string) => LaneGate | undefined;
  /** the path of files whose provider is paid; undefined for the others */
  paid: (provider: string) => PaidFiles | undefined;
  runner: AttemptRunner;
  prefetch: number;
  /** while files take next to no time */
  prefetchMost: number;
  /** of a lane, beside those in work: files that only wait for a slot or for their generation */
  restMost: number;
}

/**
 * One file, one model. Delivered at least once: the claim in Redis decides who works, the conclusion what came of it.
 * The slot is free as soon as the generation ends; the ack follows the confirmed file.settled.
 */
export const generateModel = (
  lane: Lane,
  deps: Deps,
): Handler<{ gen: number }, typeof fileSettled | typeof modelGenerate> =>
  defineHandler({
    consumes: modelGenerate,
    queue: laneQueues[lane],
    prefetch: deps.prefetch,
    prefetchMost: deps.prefetchMost,
    restMost: deps.restMost,
    emits: [fileSettled, modelGenerate],
    handle: (envelope, context) =>
      handle(lane, deps, envelope, context).catch((error: unknown) => {
        throw ofDependencies(error);
      }),
  });

async function handle(
  lane: Lane,
  deps: Deps,
  { batchId, fileIdx, payload }: Envelope<{ gen: number }>,
  context: HandlerContext,
): Promise<void> {
  const { signal, redelivered, messageId, logger } = context;
  if (batchId === undefined || fileIdx === undefined)
    throw new Failure('unexpected', 'model.generate without batchId or fileIdx');
  const batch = await deps.contexts(batchId);
  if (batch === null) {
    logger.warn('a file of a batch that is gone', { batchId, fileIdx });
    return;
  }
  const request = { idx: fileIdx, messageId, gen: payload.gen, redelivered, worker: deps.instance };
  const paid = deps.paid(batch.provider);
  if (paid !== undefined) return paid.handle(lane, batch, request, context);
  const gate = deps.gate(batch.provider);
  if (gate === undefined)
    throw new Failure('unexpected', `this worker has no provider ${batch.provider}`, {
      code: 'unexpected.provider',
    });
  const turn = await gate.enter(lane, signal).catch(() => {
    throw new Requeue('not begun: the process stops, or the lane is paused');
  });
  try {
    failpoint('worker.01.taken');
    const claim = await deps.progress.attempts.claim(batchId, request);
    await followClaim(deps, batch, request, claim, signal, ({ token }) =>
      deps.runner.run(batch, { idx: fileIdx, token }, turn, signal),
    );
    failpoint('worker.17.done');
  } finally {
    turn.leave();
  }
}

/**
 * What a provider throws is dealt with where it runs. The rest comes from Redis and passes (its memory is full, another
 * server took over): it must not use up the two tries of a defect and condemn a good file.
 */
function ofDependencies(error: unknown): unknown {
  if (error instanceof Failure || error instanceof Requeue) return error;
  return new Failure('dependency', 'a step in Redis failed', { code: 'dependency.redis', cause: error });
}
