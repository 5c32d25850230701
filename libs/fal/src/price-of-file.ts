import { settingsSchema } from '@image2model/contracts';
import { falEndpointOf } from './endpoints/fal-endpoints.js';

const settingsOf = settingsSchema.strip();

/** What one more generation of a stored batch is expected to cost, in millionths of a dollar; 0 where that is not known any more. */
export function priceOfFile(batch: { provider: string; settings: unknown }): number {
  if (batch.provider !== 'fal') return 0;
  const settings = settingsOf.parse(batch.settings);
  return falEndpointOf(settings)?.priceMicro(settings) ?? 0;
}
