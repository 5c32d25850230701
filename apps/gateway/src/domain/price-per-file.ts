import { falEndpointOf } from '@image2model/fal';
import type { BatchRequest } from './batch-request.js';

/**
 * What one generation is expected to cost, in millionths of a dollar; 0 for the providers that cost nothing.
 * @throws Error for settings that were never judged
 */
export function pricePerFile({ provider, settings }: Pick<BatchRequest, 'provider' | 'settings'>): number {
  if (provider !== 'fal') return 0;
  const endpoint = falEndpointOf(settings);
  if (endpoint === undefined) throw new Error('settings are judged before they are priced');
  return endpoint.priceMicro(settings);
}
