import { z } from 'zod';
import { timestampSchema } from './batch.js';
import { httpLimits } from './limits.js';

export const fileStatuses = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const;
export type FileStatus = (typeof fileStatuses)[number];

const whole = z.int().nonnegative();

export const fileErrorSchema = z
  .object({ code: z.string(), message: z.string(), retryable: z.boolean() })
  .meta({ id: 'FileError' });

/** What the caller sent along with an image by URL; given back as it was. */
export const metadataSchema = z
  .record(z.string().max(200), z.unknown())
  .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= httpLimits.metadataBytes, {
    message: `must have at most ${httpLimits.metadataBytes} bytes of JSON`,
  })
  .meta({ description: `Any object of at most ${httpLimits.metadataBytes} bytes of JSON.` });

export const modelSchema = z
  .object({ url: z.string(), bytes: whole, sha256: z.string(), faces: whole, vertices: whole })
  .meta({ id: 'Model' });

export const fileSchema = z
  .object({
    idx: whole.meta({ description: 'The order of the parts of the request, from 0.' }),
    name: z
      .string()
      .nullable()
      .meta({ description: 'As sent, without control characters; null without an image.' }),
    source: z
      .object({
        bytes: whole.nullable().meta({ description: 'null until an image by URL is fetched.' }),
        type: z.string().nullable(),
        width: whole.nullable(),
        height: whole.nullable(),
        url: z.string().optional().meta({ description: 'Of an image by URL; without its query.' }),
      })
      .nullable(),
    metadata: metadataSchema.optional(),
    status: z.enum(fileStatuses),
    progress: z.number().min(0).max(100),
    stage: z.string().nullable(),
    waiting_for: z.object({ code: z.string(), detail: z.string() }).nullable().meta({
      description:
        'Why it does not go on now: paused, budget, provider_paused, provider_auth, provider_account, provider_concurrency, rate_limit, window, worker, retry_at …; null while it is worked on or settled.',
    }),
    attempts: whole,
    generation: z.object({
      provider: z.string(),
      endpoint: z.string().nullable(),
      request_id: z.string().nullable(),
    }),
    model: modelSchema.nullable(),
    error: fileErrorSchema.nullable(),
    started_at: timestampSchema.nullable(),
    completed_at: timestampSchema.nullable(),
    processing_ms: whole.nullable(),
    cost_usd: z.number(),
  })
  .meta({ id: 'File' });
export type BatchFile = z.output<typeof fileSchema>;
