import { Failure } from '@image2model/contracts';
import type { Outages } from '../broker.js';

/** What a handler threw, as the Failure of the system that is away when it says so; anything else as it is. */
export function namedOutage(thrown: unknown, outages: Outages): unknown {
  if (thrown instanceof Failure) return thrown;
  for (const [code, says] of Object.entries(outages))
    if (says(thrown))
      return new Failure('dependency', 'what the step needs is away', { code, cause: thrown });
  return thrown;
}
