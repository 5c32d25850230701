import type { Broker, RawDelivery } from '@image2model/broker';
import { laneOfQueue, messageDeadLettered, queues, workQueues } from '@image2model/contracts';
import type { Progress } from '@image2model/progress';
import { failpoint, type Logger } from '@image2model/service-kit';
import { fileOfMessage, reasonOfHeaders } from '../domain/dead-letter.js';
import type { Relay } from './relay-completions.js';

interface Deps {
  broker: Broker;
  progress: Progress;
  relay: Relay;
  logger: Logger;
}

/**
 * Takes every dead letter into the ops list and condemns its file, so that none leaves a batch open. The list has it
 * before the ack; a crash in between lists it twice rather than never.
 */
export async function collectDeadLetters(deps: Deps): Promise<void> {
  for (const { name } of workQueues)
    await deps.broker.consumeRaw(`${name}.dead`, 16, (raw) => collect(deps, name, raw));
}

async function collect(
  { broker, progress, relay, logger }: Deps,
  queue: string,
  raw: RawDelivery,
): Promise<void> {
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
  if (file !== null && laneOfQueue(queue) !== undefined) {
    const error = {
      kind: 'dead_letter',
      code: 'dead_letter',
      message: `its message could not be handled: ${reason}`,
      retryable: true,
    };
    await progress.settlements.condemn(file.batchId, file.fileIdx, error);
    failpoint('orchestrator.30.condemned');
    await relay(file.batchId);
    failpoint('orchestrator.31.condemned-relayed');
  }
  // the alert about a dead letter is not worth another alert when it dies itself
  if (queue !== queues.deadLettered.name)
    await broker.publish(messageDeadLettered, {
      id: `dead:${deadLetterId}`,
      payload: { deadLetterId, queue, reason },
    });
  failpoint('orchestrator.32.dead-letter-told');
}
