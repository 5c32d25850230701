import { z } from 'zod';
import { batchIdSchema } from '../ids.js';
import { lanes } from '../lanes.js';
import { settingsSchema } from './settings.js';
import { webhookEvents } from './webhook-events.js';

export const batchStatuses = [
  'queued',
  'processing',
  'paused',
  'cancelling',
  'completed',
  'partial',
  'failed',
  'cancelled',
] as const;
export type BatchStatus = (typeof batchStatuses)[number];

const count = z.int().nonnegative();
export const timestampSchema = z.iso.datetime().meta({ description: 'UTC' });

export const batchCountsSchema = z
  .object({ pending: count, running: count, completed: count, failed: count, cancelled: count })
  .meta({ id: 'FileCounts' });

export const etaSchema = z
  .tuple([count, count])
  .nullable()
  .meta({ description: 'Seconds to go, low and high guess; null while nothing is known.' });

export const holdReasons = ['budget', 'user', 'provider'] as const;
export const holdSchema = z
  .object({
    reason: z.enum(holdReasons),
    detail: z.string().meta({ description: 'For people.' }),
    since: timestampSchema,
  })
  .meta({ id: 'Hold' });

const usd = z.number().meta({ description: 'In US dollars.' });
export const costSchema = z
  .object({ estimated_usd: usd, actual_usd: usd, budget_usd: usd.nullable() })
  .meta({ id: 'Cost' });

export const batchSchema = z
  .object({
    id: batchIdSchema,
    name: z.string().nullable(),
    status: z.enum(batchStatuses),
    run: z.int().positive().meta({ description: 'Counts from 1, grows with every retry.' }),
    total_files: count,
    counts: batchCountsSchema,
    progress: z.number().min(0).max(100),
    settings: settingsSchema,
    priority: z.enum(lanes),
    provider: z.string(),
    retention_hours: z.int(),
    created_at: timestampSchema,
    started_at: timestampSchema.nullable(),
    completed_at: timestampSchema.nullable(),
    eta_seconds: etaSchema,
    cost: costSchema,
    hold: holdSchema.nullable().meta({ description: 'Why the live batch is held; null while it is not.' }),
    webhook_url: z.string().nullable(),
    webhook_events: z.array(z.enum(webhookEvents)).meta({ description: 'What the webhook is told.' }),
    links: z.object({
      self: z.string(),
      files: z.string(),
      events: z.string(),
      manifest: z.string(),
      results: z.string(),
      audit: z.string(),
      deliveries: z.string(),
      cancel: z.string(),
      pause: z.string(),
      resume: z.string(),
      retry: z.string(),
    }),
  })
  .meta({ id: 'Batch' });
export type Batch = z.output<typeof batchSchema>;
