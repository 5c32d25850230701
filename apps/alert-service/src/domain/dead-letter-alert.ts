import { workQueues, type messageDeadLettered, type PayloadOf } from '@image2model/contracts';
import type { Alert } from './alert.js';

const ownQueues = new Set(
  workQueues.filter(({ service }) => service === 'alert-service').map(({ name }) => name),
);

/**
 * The alert for a dead letter. None for a message of this service itself: an alert that cannot be delivered must
 * not raise the next one.
 */
export function deadLetterAlert({
  deadLetterId,
  queue,
  reason,
}: PayloadOf<typeof messageDeadLettered>): Alert | undefined {
  if (ownQueues.has(queue)) return undefined;
  return {
    id: `alert:dead-letter:${deadLetterId}`,
    severity: 'warning',
    code: 'dead_letter',
    message: `A message of ${queue} could not be handled: ${reason}`,
    resolved: false,
  };
}
