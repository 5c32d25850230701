import { z } from 'zod';
import { defineMessage } from '../envelope.js';

/** An operator wants a dead letter handled again; it is in the state `redriving`. Only the list knows what is to be sent. */
export const deadLetterRedrive = defineMessage({
  type: 'dead-letter.redrive',
  version: 1,
  kind: 'task',
  summary: 'Handle a dead letter again: its message goes back to its queue, or its file is retried.',
  payload: z.strictObject({ deadLetterId: z.string().min(1).max(64) }),
});
