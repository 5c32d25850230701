import { z } from 'zod';
import { defineMessage } from '../envelope.js';
import { intentIdSchema } from '../ids.js';

/** A provider called back about a generation, and its signature was good. Nothing else of the call is trusted: a worker asks. */
export const generationNotified = defineMessage({
  type: 'generation.notified',
  version: 1,
  kind: 'event',
  summary: 'The provider says that the generation of an intent has moved.',
  payload: z.strictObject({
    provider: z.string().max(32),
    intent: intentIdSchema,
    requestId: z.string().min(1).max(200),
  }),
});
