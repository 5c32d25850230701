import type { Broker, RawDelivery } from '@image2model/broker';
import { laneOfQueue, messageDeadLettered, queues, workQueues } from '@image2model/contracts';
import type { Progress } from '@image2model/progress';
import { failpoint, type Logger } from '@image2model/service-kit';
import { fileOfMessage, reasonOfHeaders, redriveOfHeaders } from '../domain/dead-letter.js';
import { reissueFile } from './reissue-file.js';
import type { Relay } from './relay-completions.js';

interface Deps {
  broker: Broker;
  progress: Progress;
  relay: Relay;
  instance: string;
  logger: Logger;
}

/** The rung on which a paid file waits after its message died, and how long that is, ms. */
const paidRung = { rung: '60s', dueInMs: 60_000 } as const;

/**
 * Takes every dead letter into the ops list and condemns its file, so that none leaves a batch open; a file that is or may be
 * paid for gets a new message instead. The list has it before the ack; a crash in between finds it there again.
 */
export async function collectDeadLetters(deps: Deps): Promise<void> {
  for (const { name } of workQueues)
    await deps.broker.consumeRaw(`${name}.dead`, 16, (raw) => collect(deps, name, raw));
}

async function collect(deps: Deps, queue: string, raw: RawDelivery): Promise<void> {
  const { broker, progress } = deps;
  const reason = reasonOfHeaders(raw.headers);
  const file = fileOfMessage(raw.body);
  failpoint('orchestrator.28.dead-letter-taken');
  const listed = await progress.deadLetters.add({
    ...{ queue, reason, headers: raw.headers, body: raw.body, priority: raw.priority },
    messageId: raw.messageId ?? '',
    batchId: file?.batchId ?? null,
    fileIdx: file?.fileIdx ?? null,
    redriveOf: redriveOfHeaders(raw.headers),
    redelivered: raw.redelivered,
  });
  const deadLetterId = listed.id;
  failpoint('orchestrator.29.dead-letter-listed');
  await tell(deps, { queue, reason, deadLetterId, ...(file ?? {}) }, listed.redriveOf);
  if (file !== null && laneOfQueue(queue) !== undefined) await condemn(deps, file, { deadLetterId, reason });
  // the alert about a dead letter is not worth another alert when it dies itself
  if (queue !== queues.deadLettered.name)
    await broker.publish(messageDeadLettered, {
      id: `dead:${deadLetterId}`,
      payload: { deadLetterId, queue, reason },
    });
  failpoint('orchestrator.32.dead-letter-told');
}

/** In the log and in the feed; the alert is told by a message, which cannot be lost. */
async function tell(
  { progress, logger, instance }: Deps,
  about: { queue: string; reason: string; deadLetterId: string; batchId?: string; fileIdx?: number },
  redriveOf: string | null,
): Promise<void> {
  logger.warn('dead letter', { ...about, ...(redriveOf === null ? {} : { redriveOf }) });
  const { queue, reason, deadLetterId, batchId = null, fileIdx = null } = about;
  const again = redriveOf === null ? '' : ` (redrive of ${redriveOf})`;
  await progress.opsEvents.add('dead-letter.added', {
    by: instance,
    message: `A message of ${queue} is a dead letter${again}: ${reason}`,
    details: {
      ...{ queue, reason, dead_letter_id: deadLetterId },
      ...{ batch_id: batchId, file_idx: fileIdx, redrive_of: redriveOf },
    },
  });
}

async function condemn(
  deps: Deps,
  { batchId, fileIdx }: { batchId: string; fileIdx: number },
  { deadLetterId, reason }: { deadLetterId: string; reason: string },
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
    await closeBySelf(deps, deadLetterId);
  }
  await relay(batchId);
  failpoint('orchestrator.31.condemned-relayed');
}

/** Its file goes on by itself, so nobody has to look after it. */
async function closeBySelf({ progress }: Deps, deadLetterId: string): Promise<void> {
  const { deadLetters } = progress;
  const detail = 'its file is or may be paid for: it goes on, with a new message where it needs one';
  await deadLetters.beginRedrive(deadLetterId, { by: 'batch-orchestrator' });
  await deadLetters.redriven(deadLetterId, detail, true);
}
