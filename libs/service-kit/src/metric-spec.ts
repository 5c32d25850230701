import type { ServiceName } from '@image2model/contracts';

/** One metric family. `services` are those that show it from their start, with or without samples. */
export interface MetricSpec {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  readonly buckets?: readonly number[];
  readonly services: 'all' | readonly ServiceName[];
}
