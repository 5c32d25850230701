import { defineHandler, Requeue, type Broker, type Handler, type HandlerContext } from '@image2model/broker';
import {
  Failure,
  fileSettled,
  laneQueues,
  modelGenerate,
  rungAtLeast,
  type Envelope,
  type Lane,
} from '@image2model/contracts';
import type { ClaimReply, ClaimRequest, Progress } from '@image2model/progress';
import { failpoint } from '@image2model/service-kit';
import type { BatchContext } from '../domain/batch-context.js';
import type { LaneGate, Turn } from '../domain/lane-gate.js';
import type { AttemptRunner } from './run-attempt.js';

interface Deps {
  broker: Broker;
  progress: Progress;
  instance: string;
  contexts: (batchId: string) => Promise<BatchContext | null>;
  /** the gate of a provider; undefined when this worker does not have it */
  gate: (provider: string) => LaneGate | undefined;
  settle: (batchId: string, idx: number) => Promise<true>;
  runner: AttemptRunner;
  prefetch: number;
  /** while files take next to no time */
  prefetchMost: number;
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
  { signal, redelivered, messageId, logger }: HandlerContext,
): Promise<void> {
  if (batchId === undefined || fileIdx === undefined)
    throw new Failure('unexpected', 'model.generate without batchId or fileIdx');
  const batch = await deps.contexts(batchId);
  if (batch === null) {
    logger.warn('a file of a batch that is gone', { batchId, fileIdx });
    return;
  }
  const gate = deps.gate(batch.provider);
  if (gate === undefined)
    throw new Failure('unexpected', `this worker has no provider ${batch.provider}`, {
      code: 'unexpected.provider',
    });
  const turn = await gate.enter(lane, signal).catch(() => {
    throw new Requeue('told to stop before the file was begun');
  });
  try {
    const request = { idx: fileIdx, messageId, gen: payload.gen, redelivered, worker: deps.instance };
    failpoint('worker.01.taken');
    const claim = await deps.progress.attempts.claim(batchId, request);
    await follow(deps, batch, request, claim, turn, signal);
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

/** What each answer to a claim asks for. */
async function follow(
  { broker, settle, runner }: Deps,
  batch: BatchContext,
  { idx, messageId, gen }: ClaimRequest,
  claim: ClaimReply,
  turn: Turn,
  signal: AbortSignal,
): Promise<void> {
  switch (claim.status) {
    case 'nobatch':
    case 'done':
    case 'stopped':
    case 'stale':
    case 'held':
      return;
    case 'concluded':
      failpoint('worker.03.found-concluded');
      await settle(batch.id, idx);
      return;
    case 'busy': {
      failpoint('worker.04.found-busy');
      const target = { queue: laneQueues[batch.lane], rung: rungAtLeast(claim.restMs).name };
      const message = { batchId: batch.id, fileIdx: idx, tenant: batch.tenant, payload: { gen } };
      // under its own id: only the holder's own message may take over
      await broker.publishDelayed(modelGenerate, { ...message, id: messageId }, target);
      failpoint('worker.05.busy-delayed');
      return;
    }
    case 'poison':
      failpoint('worker.06.found-poison');
      await runner.condemnPoison(batch, { idx, token: claim.token });
      return;
    case 'ok':
      failpoint('worker.02.claimed');
      if (signal.aborted) return runner.giveBack(batch, { idx, token: claim.token });
      await runner.run(batch, { idx, token: claim.token }, turn, signal);
  }
}
