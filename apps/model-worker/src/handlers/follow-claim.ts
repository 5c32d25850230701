import type { Broker } from '@image2model/broker';
import {
  Failure,
  failureKinds,
  laneQueues,
  modelGenerate,
  rungAtLeast,
  type RungName,
} from '@image2model/contracts';
import type { ClaimReply, ClaimRequest } from '@image2model/progress';
import { failpoint } from '@image2model/service-kit';
import type { BatchContext } from '../domain/batch-context.js';
import type { AttemptEnder } from './end-attempt.js';
import type { AttemptRunner } from './run-attempt.js';

export interface FollowingParts {
  broker: Pick<Broker, 'publishDelayed'>;
  settle: (batchId: string, idx: number) => Promise<true>;
  runner: Pick<AttemptRunner, 'condemnPoison'>;
  ender: AttemptEnder;
}
export type GrantedClaim = Extract<ClaimReply, { status: 'ok' }>;

/** What each answer to a claim asks for. @param work what to do with a file that is this worker's now */
export async function followClaim(
  parts: FollowingParts,
  batch: BatchContext,
  { idx, messageId, gen }: ClaimRequest,
  claim: ClaimReply,
  signal: AbortSignal,
  work: (claim: GrantedClaim) => Promise<void>,
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
      await parts.settle(batch.id, idx);
      return;
    case 'busy':
      failpoint('worker.04.found-busy');
      await putOff(parts.broker, batch, { idx, messageId, gen }, rungAtLeast(claim.restMs).name);
      failpoint('worker.05.busy-delayed');
      return;
    case 'poison':
      failpoint('worker.06.found-poison');
      await parts.runner.condemnPoison(batch, { idx, token: claim.token });
      // settled; its message is kept among the dead letters, where people see it and may have the file tried again
      throw new Failure('poison', failureKinds.poison.meaning);
    case 'ok':
      failpoint('worker.02.claimed');
      if (signal.aborted) return parts.ender.giveBack(batch, { idx, token: claim.token });
      await work(claim);
  }
}

/** The same message again, later, under its own id: only the holder's own message may take over. */
export async function putOff(
  broker: Pick<Broker, 'publishDelayed'>,
  batch: BatchContext,
  { idx, messageId, gen }: Pick<ClaimRequest, 'idx' | 'messageId' | 'gen'>,
  rung: RungName,
): Promise<void> {
  const message = { batchId: batch.id, fileIdx: idx, tenant: batch.tenant, payload: { gen } };
  await broker.publishDelayed(
    modelGenerate,
    { ...message, id: messageId },
    { queue: laneQueues[batch.lane], rung },
  );
}
