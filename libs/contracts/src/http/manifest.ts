import { z } from 'zod';
import { batchSchema } from './batch.js';
import { fileErrorSchema, fileSchema, modelSchema } from './file.js';

/** One file of a batch's manifest. `path` is a safe relative name, unique in the batch, to save the model under. */
export const manifestFileSchema = fileSchema
  .pick({ idx: true, name: true, status: true, attempts: true, cost_usd: true, metadata: true })
  .extend({ model: modelSchema.extend({ path: z.string() }).nullable(), error: fileErrorSchema.nullable() })
  .meta({ id: 'ManifestFile' });
export type ManifestFile = z.output<typeof manifestFileSchema>;

/** Every file of a batch and what became of it. */
export const manifestSchema = batchSchema
  .pick({
    id: true,
    name: true,
    status: true,
    run: true,
    total_files: true,
    counts: true,
    provider: true,
    settings: true,
    cost: true,
    created_at: true,
    completed_at: true,
  })
  .extend({ files: z.array(manifestFileSchema) })
  .meta({ id: 'Manifest' });
export type ManifestHead = Omit<z.output<typeof manifestSchema>, 'files'>;
