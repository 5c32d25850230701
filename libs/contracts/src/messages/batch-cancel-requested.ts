import { z } from 'zod';
import { defineMessage } from '../envelope.js';

/** The cancel flag of a batch is set; the orchestrator gives its waiting files their terminal state. */
export const batchCancelRequested = defineMessage({
  type: 'batch.cancel-requested',
  version: 1,
  kind: 'event',
  summary: 'A batch was told to stop; files that did not start are to be cancelled.',
  payload: z.strictObject({}),
});
