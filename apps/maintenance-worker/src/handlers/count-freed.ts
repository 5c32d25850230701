import type { Metrics } from '@image2model/service-kit';
import type { Freed } from '../domain/freed.js';

/** Adds to the counters of clean-up. */
export function countFreed(
  metrics: Pick<Metrics, 'inc'>,
  job: string,
  { batches = 0, files = 0, bytes = 0, keys = 0 }: Partial<Freed>,
): void {
  metrics.inc('cleanup_batches_total', { job }, batches);
  metrics.inc('cleanup_files_total', { job }, files);
  metrics.inc('cleanup_bytes_total', { job }, bytes);
  metrics.inc('cleanup_keys_total', { job }, keys);
}
