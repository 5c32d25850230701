import { join } from 'node:path';
import { connectBroker } from '@image2model/broker';
import { lanes } from '@image2model/contracts';
import { createThreadPool } from '@image2model/embedded';
import { imageLimits, restrictSharp } from '@image2model/images';
import { connectProgress, keepBeating } from '@image2model/progress';
import { createSafeFetch } from '@image2model/safe-fetch';
import { runService } from '@image2model/service-kit';
import { openStorage } from '@image2model/storage';
import { createBatchContexts } from './adapters/batch-contexts.js';
import { createEmbeddedProvider } from './adapters/embedded-provider.js';
import { createSources } from './adapters/fetch-source.js';
import { HeldClaims } from './adapters/held-claims.js';
import { createNoopProvider } from './adapters/noop-provider.js';
import { ProgressWriter } from './adapters/progress-writer.js';
import { createSettlePublisher } from './adapters/settle-publisher.js';
import { configSchema } from './config.js';
import { LaneGate } from './domain/lane-gate.js';
import { withSources } from './domain/sources.js';
import { generateModel } from './handlers/generate-model.js';
import { AttemptRunner } from './handlers/run-attempt.js';

void runService('model-worker', configSchema, async (service) => {
  const { config, logger, metrics, instance, closing, ready } = service;
  restrictSharp();
  const storage = await openStorage(config.STORAGE_URL);
  const claimLeaseMs = config.CLAIM_LEASE_MS;
  const progress = closing(
    await connectProgress({ url: config.REDIS_URL, logger, claimLeaseMs }),
    'progress',
  );
  const pool = closing(
    createThreadPool({
      script: join(__dirname, 'embedded-thread.js'),
      threads: config.EMBEDDED_THREADS,
      tasksPerThread: config.EMBEDDED_TASKS_PER_THREAD,
      memoryMb: config.EMBEDDED_THREAD_MEMORY_MB,
      timeLimitMs: config.EMBEDDED_TIME_LIMIT_S * 1_000,
      logger,
      onReplaced: (reason) => metrics.inc('worker_threads_recycled_total', { reason }),
    }),
    'generator threads',
  );
  const limits = { softS: config.SOFT_LIMIT_S, hardS: config.HARD_LIMIT_S };
  const held = closing(new HeldClaims(progress, { leaseMs: claimLeaseMs, limits, logger }), 'claims');
  const progressWriter = closing(new ProgressWriter(progress, logger), 'progress writer');
  const broker = closing(
    await connectBroker({
      url: config.AMQP_URL,
      service: instance,
      logger,
      metrics,
      signal: service.stopping,
    }),
    'broker',
  );
  ready('redis', () => progress.fleet.ping());
  ready('rabbitmq', () => broker.state.connected);

  const sources = createSources({
    storage,
    metrics,
    sources: progress.sources,
    limits: imageLimits(config.I2M_MAX_IMAGE_MB, config.I2M_MAX_IMAGE_MEGAPIXELS),
    fetchUrl: createSafeFetch({ allow: config.SOURCE_ALLOW_HOSTS, perHost: config.SOURCE_PER_HOST }),
  });
  const made = [
    createEmbeddedProvider(pool, storage, config.EMBEDDED_THREADS),
    createNoopProvider(config.WORKER_CONCURRENCY, config.I2M_NOOP_MS ?? 0),
  ];
  const providers = new Map(made.map((provider) => [provider.name, withSources(provider, sources)]));
  const gates = new Map(made.map(({ name, slots }) => [name, new LaneGate(slots)]));
  const settle = createSettlePublisher(broker);
  const runner = new AttemptRunner({
    broker,
    progress,
    providers,
    held,
    progressWriter,
    settle,
    limits,
    logger,
    metrics,
  });
  const contexts = createBatchContexts(progress);
  const gate = (provider: string): LaneGate | undefined => gates.get(provider);
  const deps = {
    broker,
    progress,
    instance,
    contexts,
    gate,
    settle,
    runner,
    // with less, some slots would stay empty for ever
    prefetch: Math.max(config.WORKER_PREFETCH, config.WORKER_CONCURRENCY),
    prefetchMost: Math.max(config.WORKER_PREFETCH_MOST, config.WORKER_PREFETCH, config.WORKER_CONCURRENCY),
  };

  metrics.set('worker_slots', {}, config.WORKER_CONCURRENCY);
  await broker.consume(lanes.map((lane) => generateModel(lane, deps)));
  closing(
    keepBeating(progress.fleet, logger, service, () => ({
      slots: config.WORKER_CONCURRENCY,
      active: held.size,
    })),
    'heartbeat',
  );
});
