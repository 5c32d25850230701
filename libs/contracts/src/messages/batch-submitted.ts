import { z } from 'zod';
import { defineMessage } from '../envelope.js';
import { laneSchema } from '../lanes.js';

/** The gateway accepted a batch: its manifest is durable and Redis holds it. */
export const batchSubmitted = defineMessage({
  type: 'batch.submitted',
  version: 1,
  kind: 'event',
  summary: 'A batch was accepted and is ready to be fanned out.',
  payload: z.strictObject({ lane: laneSchema, total: z.int().positive() }),
});
