import { z } from 'zod';

const counts = z.object({
  pending: z.number(),
  running: z.number(),
  completed: z.number(),
  failed: z.number(),
  cancelled: z.number(),
});

/** What the scenarios look at of a batch. */
export const batchViewSchema = z.object({
  id: z.string(),
  status: z.string(),
  total_files: z.number(),
  counts,
  cost: z.object({ estimated_usd: z.number(), actual_usd: z.number(), budget_usd: z.number().nullable() }),
  hold: z.object({ reason: z.string(), detail: z.string() }).nullable(),
});
export type PaidBatch = z.output<typeof batchViewSchema>;

/** What they look at of a file. */
export const fileViewSchema = z.object({
  idx: z.number(),
  status: z.string(),
  attempts: z.number(),
  waiting_for: z.object({ code: z.string(), detail: z.string() }).nullable(),
  generation: z.object({ request_id: z.string().nullable() }),
  model: z.object({ sha256: z.string() }).nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  cost_usd: z.number(),
});
export type PaidFile = z.output<typeof fileViewSchema>;

export const auditSchema = z.object({
  ok: z.boolean(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string().nullish() })),
});

/** An alert as its receiver gets it. */
export const alertSchema = z.object({
  severity: z.string(),
  code: z.string(),
  message: z.string(),
  resolved: z.boolean().optional(),
});
export type Alert = z.output<typeof alertSchema>;

export const settledOf = ({ counts }: PaidBatch): number =>
  counts.completed + counts.failed + counts.cancelled;

const terminal: readonly string[] = ['completed', 'partial', 'failed', 'cancelled'];
export const isTerminal = ({ status }: PaidBatch): boolean => terminal.includes(status);

export const quoteSchema = z.object({ cost: z.object({ per_file_usd: z.number() }) });
