import {
  alertQueues,
  queues,
  type alertSend,
  type messageDeadLettered,
  type PayloadOf,
} from '@image2model/contracts';

/** Those that alerts themselves take. */
const ownQueues = new Set([
  queues.alertSend.name,
  queues.deadLettered.name,
  ...Object.values(alertQueues).map(({ name }) => name),
]);

const longest = 2_000;

/** The alert for a dead letter. None for an alert: one that cannot be delivered must not raise the next one. */
export function deadLetterAlert({
  deadLetterId,
  queue,
  reason,
}: PayloadOf<typeof messageDeadLettered>): { id: string; payload: PayloadOf<typeof alertSend> } | undefined {
  if (ownQueues.has(queue)) return undefined;
  return {
    id: `alert:dead-letter:${deadLetterId}`,
    payload: {
      severity: 'warning',
      code: 'dead_letter',
      // one trouble per queue: a flood of one kind is one notice
      fingerprint: `dead_letter:${queue}`,
      message: `A message of ${queue} could not be handled: ${reason}`.slice(0, longest),
      resolved: false,
      details: { queue, dead_letter_id: deadLetterId },
    },
  };
}
