import { z } from 'zod';
import { defineMessage } from '../envelope.js';

export const terminalStatuses = ['completed', 'partial', 'failed', 'cancelled'] as const;

/** Exactly one per run of a batch (id `batch.completed:<batchId>:<run>`), whatever its terminal status. */
export const batchCompleted = defineMessage({
  type: 'batch.completed',
  version: 1,
  kind: 'event',
  summary: 'Every file of the batch has its terminal state.',
  payload: z.strictObject({
    run: z.int().positive(),
    status: z.enum(terminalStatuses),
    total: z.int().nonnegative(),
    completed: z.int().nonnegative(),
    failed: z.int().nonnegative(),
    cancelled: z.int().nonnegative(),
    finishedAt: z.iso.datetime(),
  }),
});
