import { z } from 'zod';
import { holdSchema, timestampSchema } from './batch.js';
import { budgetSchema, createBatchFieldsSchema } from './create-batch.js';

const { name, priority, retention_hours } = createBatchFieldsSchema.shape;
const count = z.int().nonnegative();

/** What may be changed of a batch; what is absent stays as it is. */
export const patchBatchSchema = z
  .strictObject({
    name: name.unwrap().nullable().meta({ description: 'null takes the name away.' }),
    priority: priority.removeDefault(),
    budget_usd: budgetSchema.nullable(),
    retention_hours: retention_hours.removeDefault(),
  })
  .partial()
  .meta({ id: 'PatchBatch' });
export type PatchBatch = z.output<typeof patchBatchSchema>;

/** Which failed files to try again. */
export const retryBatchSchema = z
  .strictObject({
    codes: z
      .array(z.string().min(1).max(200))
      .min(1)
      .max(100)
      .optional()
      .meta({ description: 'Codes of the errors to retry; without it all failed files.' }),
    quote: z
      .boolean()
      .default(false)
      .meta({ description: 'true: only tell how many files it would be, and their price.' }),
  })
  .meta({ id: 'RetryBatch' });
export type RetryBatch = z.output<typeof retryBatchSchema>;

export const retryQuoteSchema = z
  .object({
    files: count,
    cost: z.object({ estimated_usd: z.number(), per_file_usd: z.number() }),
  })
  .meta({ id: 'RetryQuote' });
export type RetryQuote = z.output<typeof retryQuoteSchema>;

/** Why an operator stops a provider, for people. */
export const pauseProviderSchema = z
  .strictObject({ detail: z.string().min(1).max(200).optional() })
  .meta({ id: 'PauseProvider' });

/** A paid provider as the whole installation uses it. */
export const providerSchema = z
  .object({
    provider: z.string(),
    parked: z
      .object({ code: z.string(), detail: holdSchema.shape.detail, since: timestampSchema })
      .nullable()
      .meta({ description: 'Why nothing is sent to it; null while it is used.' }),
    stopped_until: timestampSchema.nullable().meta({ description: 'It asked us to slow down.' }),
    limit: z.number().meta({ description: 'Generations it is believed to run at a time.' }),
    permitted: z.number().meta({ description: 'Most that may be accepted and not ended.' }),
    in_use: count,
    waiting: count.meta({ description: 'Files that ask for a place.' }),
    spent_today_usd: z
      .number()
      .meta({ description: "The caller's tenant, since midnight UTC, submits under way included." }),
  })
  .meta({ id: 'Provider' });
export type ProviderView = z.output<typeof providerSchema>;

export const providerListSchema = z
  .object({ data: z.array(providerSchema), next_cursor: z.null() })
  .meta({ id: 'ProviderList' });
export type ProviderList = z.output<typeof providerListSchema>;
