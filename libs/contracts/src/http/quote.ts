import { z } from 'zod';

const usd = z.number().nonnegative();
const seconds = z.int().nonnegative();

/** What a batch would cost and how long it would take; nothing of it is kept. */
export const quoteSchema = z
  .object({
    total_files: z
      .int()
      .positive()
      .meta({ description: 'Files of the batch; those that would be refused cost nothing.' }),
    cost: z.object({ estimated_usd: usd, per_file_usd: usd }),
    duration_seconds: z
      .tuple([seconds, seconds])
      .meta({ description: 'A low and a high guess, as if nothing else were to be done.' }),
  })
  .meta({ id: 'Quote' });
export type Quote = z.output<typeof quoteSchema>;
