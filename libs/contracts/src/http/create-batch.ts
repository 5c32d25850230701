import { z } from 'zod';
import { lanes } from '../lanes.js';
import { httpLimits } from './limits.js';
import { settingsSchema } from './settings.js';

export const providers = ['embedded', 'fal', 'noop'] as const;
export type ProviderName = (typeof providers)[number];

/** A batch's name for people: text without control characters. */
const batchName = z
  .string()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}*$/u, 'must not contain control characters');

/** What a batch may be created with beside its images; the same in multipart (as text) and JSON. */
export const createBatchFieldsSchema = z.strictObject({
  settings: settingsSchema.prefault({}),
  priority: z.enum(lanes).default('normal'),
  provider: z.enum(providers).optional().meta({ description: 'Without it the default of the installation.' }),
  name: batchName.optional(),
  retention_hours: z.int().min(1).max(8_760).default(168).meta({ description: 'How long results are kept.' }),
});
export type CreateBatchFields = z.output<typeof createBatchFieldsSchema>;

/** A batch without images, for tests and benchmarks: provider noop only. */
export const createNoopBatchSchema = createBatchFieldsSchema
  .extend({ count: z.int().min(1).max(httpLimits.filesPerBatch).meta({ description: 'Number of files.' }) })
  .meta({ id: 'CreateNoopBatch' });
export type CreateNoopBatch = z.output<typeof createNoopBatchSchema>;
