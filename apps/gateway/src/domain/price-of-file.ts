import { settingsSchema } from '@image2model/contracts';
import { falEndpointOf } from '@image2model/fal';
import type { BatchRecord } from '@image2model/progress';
import { pricePerFile } from './price-per-file.js';

const settingsOf = settingsSchema.strip();

/** What one more generation of a stored batch is expected to cost, in millionths of a dollar; 0 where that is not known any more. */
export function priceOfFile({
  provider,
  settings: stored,
}: Pick<BatchRecord, 'provider' | 'settings'>): number {
  if (provider !== 'fal') return 0;
  const settings = settingsOf.parse(stored);
  return falEndpointOf(settings) === undefined ? 0 : pricePerFile({ provider, settings });
}
