import { z } from 'zod';
import { lanes } from '../lanes.js';
import { metadataSchema } from './file.js';
import { httpLimits } from './limits.js';
import { settingsSchema } from './settings.js';
import { webhookEvents } from './webhook-events.js';

export const providers = ['embedded', 'fal', 'noop'] as const;
export type ProviderName = (typeof providers)[number];

/** Providers whose generations cost money. */
export const paidProviders: ReadonlySet<string> = new Set<ProviderName>(['fal']);

/** A batch's name for people: text without control characters. */
const batchName = z
  .string()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}*$/u, 'must not contain control characters');

/** Most that a budget may be: it is a guard against mistakes, so a number nobody means is one. */
const mostBudgetUsd = 1_000_000;

/** A budget in dollars, to the millionth. */
export const budgetSchema = z
  .number()
  .min(0)
  .max(mostBudgetUsd)
  // 3 × 0.1 is 0.30000000000000004 in most languages, and means 0.3
  .refine((usd) => Math.abs(Number(usd.toFixed(6)) - usd) < 1e-9, { message: 'must have at most 6 decimals' })
  .meta({ description: 'Most that may be spent on the batch, in US dollars; the batch pauses there.' });

/** What a batch may be created with beside its images; the same in multipart (as text) and JSON. */
export const createBatchFieldsSchema = z.strictObject({
  settings: settingsSchema.prefault({}),
  priority: z.enum(lanes).default('normal'),
  provider: z.enum(providers).optional().meta({ description: 'Without it the default of the installation.' }),
  name: batchName.optional(),
  retention_hours: z.int().min(1).max(8_760).default(168).meta({ description: 'How long results are kept.' }),
  budget_usd: budgetSchema.nullish(),
  webhook_url: z.string().max(httpLimits.urlCharacters).nullish().meta({
    description: 'Told when the batch has ended: http or https, a public address, no user name or password.',
  }),
  webhook_events: z
    .array(z.enum(webhookEvents))
    .min(1)
    .max(webhookEvents.length)
    .optional()
    .meta({ description: 'What it is told, by default batch.completed; in multipart a comma list.' }),
});
export type CreateBatchFields = z.output<typeof createBatchFieldsSchema>;

/** One image that the system fetches itself. Which URLs may be asked is told by {@link sourceUrlFault}. */
const imageByUrlSchema = z
  .strictObject({
    url: z
      .string()
      .max(httpLimits.urlCharacters)
      .meta({ description: 'http or https, port 80 or 443, without user name or password.' }),
    name: z
      .string()
      .max(httpLimits.urlCharacters)
      .optional()
      .meta({ description: 'Without it the last part of the path of the URL.' }),
    metadata: metadataSchema.optional(),
  })
  .meta({ id: 'ImageByUrl' });
export type ImageByUrl = z.output<typeof imageByUrlSchema>;

/** A batch of images by URL: accepted at once, fetched when the turn of each comes. */
export const createUrlBatchSchema = createBatchFieldsSchema
  .extend({ images: z.array(imageByUrlSchema).min(1).max(httpLimits.urlsPerRequest) })
  .meta({ id: 'CreateUrlBatch' });
export type CreateUrlBatch = z.output<typeof createUrlBatchSchema>;

/** A batch without images, for tests and benchmarks: provider noop only. */
export const createNoopBatchSchema = createBatchFieldsSchema
  .extend({ count: z.int().min(1).max(httpLimits.filesPerBatch).meta({ description: 'Number of files.' }) })
  .meta({ id: 'CreateNoopBatch' });
export type CreateNoopBatch = z.output<typeof createNoopBatchSchema>;
