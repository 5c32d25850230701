import { z } from 'zod';
import { defineMessage } from '../envelope.js';

/** A message ended in a dead-letter queue and is now in the ops list. */
export const messageDeadLettered = defineMessage({
  type: 'message.dead-lettered',
  version: 1,
  kind: 'event',
  summary: 'A message could not be handled; it is kept in the ops list of dead letters.',
  payload: z.strictObject({
    deadLetterId: z.string().max(64),
    queue: z.string().max(255),
    reason: z.string().max(1000),
  }),
});
