import { z } from 'zod';
import { batchSchema, batchStatuses } from './batch.js';
import { fileSchema, fileStatuses } from './file.js';
import { httpLimits } from './limits.js';

export const limitSchema = z.coerce
  .number()
  .int()
  .min(1)
  .max(httpLimits.pageSize)
  .default(httpLimits.defaultPageSize);
export const cursorSchema = z
  .string()
  .min(1)
  .max(200)
  .optional()
  .meta({ description: 'next_cursor of the page before.' });

export const listBatchesQuerySchema = z.object({
  status: z.enum(batchStatuses).optional(),
  limit: limitSchema,
  cursor: cursorSchema,
});
export const listFilesQuerySchema = z.object({
  status: z.enum(fileStatuses).optional(),
  limit: limitSchema,
  cursor: cursorSchema,
});

const pageOf = <T extends z.ZodType>(
  item: T,
): z.ZodObject<{ data: z.ZodArray<T>; next_cursor: z.ZodNullable<z.ZodString> }> =>
  z.object({ data: z.array(item), next_cursor: z.string().nullable() });

export const batchListSchema = pageOf(batchSchema).meta({ id: 'BatchList' });
export const fileListSchema = pageOf(fileSchema).meta({ id: 'FileList' });
export type BatchList = z.output<typeof batchListSchema>;
export type FileList = z.output<typeof fileListSchema>;
