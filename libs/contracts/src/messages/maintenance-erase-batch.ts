import { z } from 'zod';
import { defineMessage } from '../envelope.js';

/** A batch is deleted for everybody; what is left of it is to be removed. Names the batch in its envelope. */
export const maintenanceEraseBatch = defineMessage({
  type: 'maintenance.erase-batch',
  version: 1,
  kind: 'task',
  summary: 'Remove the files and the Redis keys of a deleted batch.',
  payload: z.strictObject({}),
});
