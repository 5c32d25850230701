import { z } from 'zod';

/** The state of a batch as scripts and hashes give it; `missing` when there is no batch. */
export const stateReply = z.enum([
  'staging',
  'running',
  'cancelling',
  'completed',
  'partial',
  'failed',
  'cancelled',
  'missing',
]);
