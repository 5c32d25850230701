import { defineHandler, type Handler } from '@image2model/broker';
import { alertSend, messageDeadLettered, priorities, queues } from '@image2model/contracts';
import { deadLetterAlert } from '../domain/dead-letter-alert.js';

/** A dead letter becomes a warning; its id follows from the fact's, so a repeat is known as one. */
export const alertOnDeadLetter = (): Handler =>
  defineHandler({
    consumes: messageDeadLettered,
    queue: queues.deadLettered,
    prefetch: 16,
    emits: [alertSend],
    timeoutMs: 30_000,
    async handle({ payload }, { publish, logger }) {
      const alert = deadLetterAlert(payload);
      if (alert === undefined)
        return logger.error('an alert is a dead letter: it was not delivered', { ...payload });
      await publish(alertSend, alert, { priority: priorities.alert });
    },
  });
