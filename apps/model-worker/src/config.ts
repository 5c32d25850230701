import { availableParallelism } from 'node:os';
import { baseConfig, wholeNumber } from '@image2model/service-kit';
import { z } from 'zod';

/** The worker's environment. */
export const configSchema = z.object({
  ...baseConfig,
  WORKER_CONCURRENCY: wholeNumber(1, 512).default(8).describe('Files a worker has in hand at once.'),
  WORKER_PREFETCH: wholeNumber(1, 1_024)
    .default(16)
    .describe('Messages of each lane that wait inside a worker; the more, the faster short tasks go.'),
  I2M_NOOP_MS: wholeNumber(0, 3_600_000)
    .optional()
    .describe('Time the provider noop takes for a file, ms; setting it makes noop available.'),
  EMBEDDED_THREADS: wholeNumber(1, 64)
    .default(Math.min(4, availableParallelism()))
    .describe('Threads of the embedded generator; default: the processors, at most 4.'),
  EMBEDDED_TASKS_PER_THREAD: wholeNumber(1, 100_000)
    .default(100)
    .describe('Files after which a generator thread is replaced.'),
  EMBEDDED_THREAD_MEMORY_MB: wholeNumber(64, 65_536)
    .default(700)
    .describe('Memory after which a generator thread is replaced, MB.'),
  EMBEDDED_TIME_LIMIT_S: wholeNumber(1, 3_600)
    .default(180)
    .describe('Time after which a generator thread is ended, s.'),
  SOFT_LIMIT_S: wholeNumber(1, 86_400)
    .default(1_500)
    .describe('Time after which a generation is reported as slow, s.'),
  HARD_LIMIT_S: wholeNumber(1, 86_400)
    .default(1_800)
    .describe('Time after which a generation fails as timeout, s.'),
});
export type WorkerConfig = z.output<typeof configSchema>;
