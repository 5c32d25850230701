import { z } from 'zod';
import { terminalStatuses } from '../messages/batch-completed.js';
import {
  batchCountsSchema,
  batchSchema,
  batchStatuses,
  etaSchema,
  holdSchema,
  timestampSchema,
} from './batch.js';
import { fileErrorSchema, modelSchema } from './file.js';

const idx = z.int().nonnegative();
const whole = z.int().nonnegative();

/** `data` of each event of the stream. Facts are stored and have ids; the rest is the latest value only, without id. */
export const eventDataSchemas = {
  'file.started': z.object({ idx, status: z.literal('running') }),
  'file.completed': z.object({ idx, status: z.literal('completed'), model: modelSchema.nullable() }),
  'file.failed': z.object({ idx, status: z.literal('failed'), error: fileErrorSchema.nullable() }),
  'file.cancelled': z.object({ idx, status: z.literal('cancelled') }),
  'batch.completed': z.object({
    run: z.int().positive(),
    status: z.enum(terminalStatuses),
    total: whole,
    completed: whole,
    failed: whole,
    cancelled: whole,
    finished_at: timestampSchema,
  }),
  snapshot: batchSchema,
  'file.progress': z.object({ idx, progress: z.number(), stage: z.string() }),
  'batch.progress': z.object({
    status: z.enum(batchStatuses),
    counts: batchCountsSchema,
    progress: z.number(),
    eta_seconds: etaSchema,
    hold: holdSchema.nullable(),
  }),
} as const;
export type EventName = keyof typeof eventDataSchemas;
export type EventData<N extends EventName> = z.output<(typeof eventDataSchemas)[N]>;

/** The value of Last-Event-ID: a stream id, `0-0` for everything. */
export const eventIdSchema = z
  .string()
  .regex(/^\d{1,16}-\d{1,6}$/, 'an event id is <ms>-<number>, for example 0-0');
