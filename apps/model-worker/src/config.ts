import { availableParallelism } from 'node:os';
import { httpLimits, sourceHostsSchema } from '@image2model/contracts';
import { checkFalImages, falConfig } from '@image2model/fal';
import { baseConfig, wholeNumber } from '@image2model/service-kit';
import { z } from 'zod';

/** The worker's environment. */
export const configSchema = z
  .object({
    ...baseConfig,
    ...falConfig,
    WORKER_CONCURRENCY: wholeNumber(1, 512).default(8).describe('Files a worker has in hand at once.'),
    WORKER_PREFETCH: wholeNumber(1, 1_024)
      .default(16)
      .describe('Messages of each lane that wait inside a worker.'),
    WORKER_PREFETCH_MOST: wholeNumber(1, 1_024)
      .default(256)
      .describe('The same while files take so little time that WORKER_PREFETCH would last less than 0.1 s.'),
    CLAIM_LEASE_MS: wholeNumber(1_000, 600_000)
      .default(30_000)
      .describe(
        'How long a file stays with a worker that no longer says it lives, ms; leases are prolonged every third of it.',
      ),
    WORKER_WAITING: wholeNumber(1, 4_096)
      .default(256)
      .describe('Files of each lane that may wait in a worker for their slot or their generation at fal.'),
    DELIVERY_HOLD_S: wholeNumber(1, 1_200)
      .default(240)
      .describe(
        'So long a file waits on one delivery, s; then a delayed message goes on. Less than the consumer timeout of RabbitMQ.',
      ),
    FAL_DOUBT_GRACE_S: wholeNumber(1, 86_400)
      .default(900)
      .describe('So long a paid submit whose answer was lost is looked for, s.'),
    FAL_ON_DOUBT: z
      .enum(['fail', 'resubmit'], { error: 'expected fail or resubmit' })
      .default('fail')
      .describe(
        'What happens then to its file: it fails, or it is submitted once more and may be charged twice.',
      ),
    FAL_MAX_MODEL_MB: wholeNumber(1, 2_000).default(200).describe('Most megabytes a model of fal may have.'),
    I2M_DAILY_CAP_USD: z.coerce
      .number({ error: 'expected an amount in USD' })
      .min(0, 'expected 0 or more')
      .max(1_000_000, 'expected 1,000,000 or less')
      .optional()
      .describe('Most that one tenant may spend in a day (UTC), USD; without it there is no such limit.'),
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
    SOURCE_ALLOW_HOSTS: sourceHostsSchema.describe(
      'Comma list of host:port that images may be fetched from although they are not public, or on another port.',
    ),
    SOURCE_PER_HOST: wholeNumber(1, 512)
      .default(4)
      .describe('Images that a worker fetches from one host at a time.'),
    I2M_MAX_IMAGE_MB: wholeNumber(1, 1_000)
      .default(httpLimits.imageMegabytes)
      .describe('Most megabytes a fetched image may have.'),
    I2M_MAX_IMAGE_MEGAPIXELS: wholeNumber(1, 1_000)
      .default(httpLimits.imageMegapixels)
      .describe('Most megapixels a fetched image may have.'),
    SOFT_LIMIT_S: wholeNumber(1, 86_400)
      .default(1_500)
      .describe('Time after which a generation is reported as slow, s.'),
    HARD_LIMIT_S: wholeNumber(1, 86_400)
      .default(1_800)
      .describe('Time after which a generation fails as timeout, s.'),
  })
  .superRefine(checkFalImages);
export type WorkerConfig = z.output<typeof configSchema>;
