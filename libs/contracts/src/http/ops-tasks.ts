import { z } from 'zod';
import { batchIdSchema } from '../ids.js';
import { lanes } from '../lanes.js';
import { timestampSchema } from './batch.js';
import { fileSchema, fileStatuses } from './file.js';
import { confirmSchema, count } from './ops-common.js';
import { limitSchema, cursorSchema } from './page.js';

/** A file anywhere in the installation, as who runs it sees it. */
export const opsTaskSchema = z
  .object({
    batch_id: batchIdSchema,
    tenant: z.string(),
    lane: z.enum(lanes),
    ...fileSchema.pick({
      idx: true,
      name: true,
      status: true,
      progress: true,
      stage: true,
      waiting_for: true,
      attempts: true,
      generation: true,
      error: true,
      started_at: true,
      completed_at: true,
    }).shape,
    accepted_at: timestampSchema,
    worker: z.string().nullable().meta({ description: 'Who holds it.' }),
    crashes: count,
  })
  .meta({ id: 'OpsTask' });
export type OpsTask = z.output<typeof opsTaskSchema>;

export const opsTaskListSchema = z
  .object({ data: z.array(opsTaskSchema), next_cursor: z.string().nullable() })
  .meta({ id: 'OpsTaskList' });
export const listTasksQuerySchema = z.object({
  state: z.enum(fileStatuses).optional(),
  batch_id: batchIdSchema.optional(),
  limit: limitSchema,
  cursor: cursorSchema,
});

export const deadLetterStates = ['open', 'redriving', 'redriven', 'discarded'] as const;

/** A message that could not be handled. The list has no bodies; one dead letter has. */
export const deadLetterSchema = z
  .object({
    id: z.string(),
    at: timestampSchema,
    queue: z.string(),
    reason: z.string(),
    message_id: z.string(),
    batch_id: z.string().nullable(),
    file_idx: count.nullable(),
    state: z.enum(deadLetterStates),
    state_at: timestampSchema.nullable(),
    detail: z.string().nullable().meta({ description: 'What came of the redrive.' }),
    by: z.string().nullable().meta({ description: 'Who redrove or discarded it: `key:<id>`.' }),
    redrive_of: z
      .string()
      .nullable()
      .meta({ description: 'The dead letter whose redrive died as this one.' }),
    died_again_as: z.string().nullable().meta({ description: 'The dead letter that its redrive became.' }),
    body_bytes: count,
    headers: z.record(z.string(), z.unknown()).optional(),
    body: z.string().optional(),
    body_encoding: z.enum(['utf8', 'base64']).optional().meta({ description: 'base64: it is not text.' }),
    body_truncated: z
      .boolean()
      .optional()
      .meta({ description: 'It was longer than 1 MB; only with a new body can it be redriven.' }),
    repaired_body: z.string().optional().meta({ description: 'What was sent, or is to be sent, instead.' }),
  })
  .meta({ id: 'DeadLetter' });
export type DeadLetterView = z.output<typeof deadLetterSchema>;
export const deadLetterListSchema = z
  .object({ data: z.array(deadLetterSchema), next_cursor: z.string().nullable() })
  .meta({ id: 'DeadLetterList' });
export const listDeadLettersQuerySchema = z.object({
  state: z.enum(deadLetterStates).optional(),
  queue: z.string().max(255).optional(),
  limit: limitSchema,
  cursor: cursorSchema,
});

export const redriveSchema = z
  .strictObject({
    body: z
      .union([z.string().max(1_048_576), z.record(z.string(), z.unknown())])
      .optional()
      .meta({
        description: 'The repaired message (envelope), instead of the one that died.',
      }),
  })
  .meta({ id: 'Redrive' });

const deadLetterQueue = z
  .string()
  .min(1)
  .max(255)
  .optional()
  .meta({ description: 'Only those of this queue.' });
/** Which open dead letters are to be redriven; all of them without a filter. */
export const redriveAllSchema = z
  .strictObject({
    confirm: confirmSchema,
    queue: deadLetterQueue,
    reason: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .meta({ description: 'Only those whose reason begins so, for example `poison`.' }),
  })
  .meta({ id: 'RedriveAll' });
export type RedriveAll = z.output<typeof redriveAllSchema>;
export const discardAllQuerySchema = z.object({
  confirm: z.string().min(1).max(255).optional(),
  queue: deadLetterQueue,
});
/** How many dead letters a call was about. */
export const deadLettersTouchedSchema = z.object({ count }).meta({ id: 'DeadLettersTouched' });
