import { z } from 'zod';

/**
 * Delivery ids are the `webhook-id` of their message. They follow from the fact that is told, so a repeat after a crash
 * is recognised as one: the run of a batch that ended, or the stream id of a file's fact.
 */
export const deliveryIdSchema = z
  .string()
  .regex(/^dlv_[0-9a-f]{32}_(run\d{1,9}|\d{1,16}-\d{1,6})$/, 'not a delivery id');

const headOf = (batchId: string): string => `dlv_${batchId.slice('bat_'.length)}`;

export const completionDeliveryId = (batchId: string, run: number): string => `${headOf(batchId)}_run${run}`;
export const fileDeliveryId = (batchId: string, factId: string): string => `${headOf(batchId)}_${factId}`;

/** @returns the batch of a delivery; null for anything that is not a delivery id */
export function batchOfDelivery(id: string): string | null {
  if (!deliveryIdSchema.safeParse(id).success) return null;
  return `bat_${id.slice('dlv_'.length, 'dlv_'.length + 32)}`;
}
