import type { Broker, RawDelivery } from '@image2model/broker';
import { laneOfQueue, messageDeadLettered, queues, workQueues } from '@image2model/contracts';
import type { Progress } from '@image2model/progress';
import { failpoint, type Logger } from '@image2model/service-kit';
import { fileOfMessage, reasonOfHeaders } from '../domain/dead-letter.js';
import { reissueFile } from './reissue-file.js';
import type { Relay } from './relay-completions.js';

interface Deps {
  broker: Broker;
  progress: Progress;
  relay: Relay;
  logger: Logger;
}

/** The rung on which a paid file waits after its message died, and how long that is, ms. */
const paidRung = { rung: '60s', dueInMs: 60_000 } as const;

/**
 * Takes every dead letter into the ops list and condemns its file, so that none leaves a batch open; a file that is or may be
 * paid for gets a new message instead. The list has it before the ack; a crash in between lists it twice rather than never.
 */
export async function collectDeadLetters(deps: Deps): Promise<void> {
  for (const { name } of workQueues)
    await deps.broker.consumeRaw(`${name}.dead`, 16, (raw) => collect(deps, name, raw));
}

async function collect(deps: Deps, queue: string, raw: RawDelivery): Promise<void> {
  const { broker, progress, logger } = deps;
  const reason = reasonOfHeaders(raw.headers);
  const file = fileOfMessage(raw.body);
  failpoint('orchestrator.28.dead-letter-taken');
  const deadLetterId = await progress.ops.addDeadLetter({
    queue,
    reason,
    messageId: raw.messageId ?? '',
    batchId: file?.batchId ?? null,
    fileIdx: file?.fileIdx ?? null,
    headers: JSON.stringify(raw.headers),
    body: raw.body.toString('utf8'),
  });
  failpoint('orchestrator.29.dead-letter-listed');
  logger.warn('dead letter', { queue, reason, deadLetterId, ...(file ?? {}) });
  if (file !== null && laneOfQueue(queue) !== undefined) await condemn(deps, file, reason);
  // the alert about a dead letter is not worth another alert when it dies itself
  if (queue !== queues.deadLettered.name)
    await broker.publish(messageDeadLettered, {
      id: `dead:${deadLetterId}`,
      payload: { deadLetterId, queue, reason },
    });
  failpoint('orchestrator.32.dead-letter-told');
}

async function condemn(
  deps: Deps,
  { batchId, fileIdx }: { batchId: string; fileIdx: number },
  reason: string,
): Promise<void> {
  const { progress, relay } = deps;
  const error = {
    kind: 'dead_letter',
    code: 'dead_letter',
    message: `its message could not be handled: ${reason}`,
    retryable: true,
  };
  const { status } = await progress.settlements.condemn(batchId, fileIdx, error);
  failpoint('orchestrator.30.condemned');
  if (status === 'open') {
    const batch = await progress.batches.read(batchId);
    const again = { ...paidRung, unclaimed: true, atMostEveryMs: paidRung.dueInMs, why: 'dead letter' };
    if (batch !== null) await reissueFile(deps, batch, fileIdx, again);
  }
  await relay(batchId);
  failpoint('orchestrator.31.condemned-relayed');
}
