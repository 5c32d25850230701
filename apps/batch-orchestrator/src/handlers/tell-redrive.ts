import type { Broker } from '@image2model/broker';
import type { DeadLetterContent, Progress } from '@image2model/progress';
import type { Logger, Metrics } from '@image2model/service-kit';

export interface RedriveDeps {
  broker: Pick<Broker, 'redrive'>;
  progress: Pick<Progress, 'deadLetters' | 'batches' | 'retries' | 'lanes' | 'opsEvents'>;
  metrics: Pick<Metrics, 'inc'>;
  logger: Logger;
}

/** Whoever asked reads it in the list; the feed tells the others what was redriven. */
export async function told(
  { progress, metrics, logger }: RedriveDeps,
  { id, queue, by }: Pick<DeadLetterContent, 'id' | 'queue' | 'by'>,
  outcome: 'sent' | 'retried' | 'closed' | 'waits' | 'refused',
  detail: string,
): Promise<void> {
  metrics.inc('dead_letter_redrives_total', { outcome });
  logger.info('redrive of a dead letter', { deadLetterId: id, queue, outcome, detail, by });
  if (outcome === 'waits' || outcome === 'refused') return;
  const message = `Dead letter ${id} of ${queue} was redriven: ${detail}`;
  await progress.opsEvents.add('dead-letter.redriven', {
    by,
    message,
    details: { dead_letter_id: id, queue },
  });
}
