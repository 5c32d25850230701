import { batchSchema, fileSchema, manifestFileSchema } from '@image2model/contracts';
import { z } from 'zod';

/** Settings of a newer gateway are shown as they are, not refused. */
const settings = z.record(z.string(), z.unknown());
const page = <T extends z.ZodType>(
  item: T,
): z.ZodObject<{ data: z.ZodArray<T>; next_cursor: z.ZodNullable<z.ZodString> }> =>
  z.object({ data: z.array(item), next_cursor: z.string().nullable() });

export const batchViewSchema = batchSchema.extend({ settings });
export type BatchView = z.output<typeof batchViewSchema>;
export const batchPageSchema = page(batchViewSchema);
export const filePageSchema = page(fileSchema);
export const manifestViewSchema = batchViewSchema
  .pick({ id: true, name: true, status: true, run: true, cost: true, counts: true })
  .extend({ files: z.array(manifestFileSchema) });

const terminal = new Set(['completed', 'partial', 'failed', 'cancelled']);
export const isEnded = ({ status }: Pick<BatchView, 'status'>): boolean => terminal.has(status);
