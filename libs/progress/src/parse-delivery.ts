import { deliveryStates, webhookEvents } from '@image2model/contracts';
import { z } from 'zod';
import type { DeliveryRecord } from './delivery-types.js';

const attemptSchema = z.object({
  atMs: z.number(),
  status: z.number().nullable(),
  error: z.string().nullable(),
  tookMs: z.number(),
});
const deliveryHash = z.object({
  event: z.enum(webhookEvents),
  state: z.enum(deliveryStates),
  ladder: z.coerce.number().int(),
  tried: z.coerce.number().int(),
  created_at: z.coerce.number(),
  next_at: z
    .string()
    .nullable()
    .transform((ms) => (ms === null ? null : Number(ms))),
  log: z.string().nullable(),
});

/** The fields of a delivery hash that {@link parseDelivery} reads, in its order. */
export const deliveryFields = ['event', 'state', 'ladder', 'tried', 'created_at', 'next_at', 'log'] as const;

/** A delivery as Redis holds it; null when there is none. */
export function parseDelivery(id: string, values: readonly (string | null)[]): DeliveryRecord | null {
  if ((values[0] ?? null) === null) return null;
  const hash: Record<string, string | null> = {};
  deliveryFields.forEach((name, at) => (hash[name] = values[at] ?? null));
  const { event, state, ladder, tried, created_at, next_at, log } = deliveryHash.parse(hash);
  const attempts = (log ?? '')
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [attemptSchema.parse(JSON.parse(line))]));
  return { id, event, state, ladder, tried, createdAtMs: created_at, nextTryAtMs: next_at, attempts };
}
