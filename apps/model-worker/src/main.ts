import { join } from 'node:path';
import { connectBroker, type Handler } from '@image2model/broker';
import { lanes } from '@image2model/contracts';
import { createThreadPool } from '@image2model/embedded';
import { imageLimits, restrictSharp } from '@image2model/images';
import { connectProgress, isRedisDown, keepBeating } from '@image2model/progress';
import { createSafeFetch } from '@image2model/safe-fetch';
import { rabbitmqOf, redisOf, runService, traced } from '@image2model/service-kit';
import { openStorage } from '@image2model/storage';
import { createBatchContexts } from './adapters/batch-contexts.js';
import { createEmbeddedProvider } from './adapters/embedded-provider.js';
import { createSources } from './adapters/fetch-source.js';
import { HeldClaims } from './adapters/held-claims.js';
import { createNoopProvider } from './adapters/noop-provider.js';
import { ProgressWriter } from './adapters/progress-writer.js';
import { linksOf } from './adapters/provider-images.js';
import { createSettlePublisher } from './adapters/settle-publisher.js';
import { configSchema } from './config.js';
import { wireFal } from './wire-fal.js';
import { closePausedLanes, type LaneEntrance } from './domain/close-paused-lanes.js';
import { LaneGate } from './domain/lane-gate.js';
import { withSources } from './domain/sources.js';
import { AttemptEnder } from './handlers/end-attempt.js';
import { generateModel } from './handlers/generate-model.js';
import { AttemptRunner } from './handlers/run-attempt.js';

void runService('model-worker', configSchema, async (service) => {
  const { config, logger, metrics, instance, closing, ready } = service;
  restrictSharp();
  const storage = await openStorage(config.STORAGE_URL);
  const claimLeaseMs = config.CLAIM_LEASE_MS;
  const connected = closing(
    await connectProgress({ ...redisOf(config), logger, metrics, claimLeaseMs }),
    'progress',
  );
  const attempts = traced(connected.attempts, { claim: 'claim', conclude: 'conclude', park: 'park' });
  const progress = { ...connected, attempts };
  // closed after the broker: the others see the process drain
  const beating = closing(await keepBeating(progress, service), 'heartbeat');
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
      ...rabbitmqOf(config),
      service: instance,
      logger,
      metrics,
      signal: service.stopping,
      onWait: (reason) => service.waits('rabbitmq', reason),
      outages: { 'dependency.redis': isRedisDown },
      // a paid submit is waited for, up to 20 s
      drainMs: 23_000,
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
  const providers = new Map(
    made.map((provider) => [
      provider.name,
      traced(withSources(provider, sources), { generate: `generate by ${provider.name}` }),
    ]),
  );
  const gates = new Map(made.map(({ name, slots }) => [name, new LaneGate(slots)]));
  const settle = createSettlePublisher(broker);
  const links = linksOf(config, storage, logger);
  const ender = new AttemptEnder({ broker, progress, settle, links, logger, metrics });
  const runner = new AttemptRunner({ providers, held, progressWriter, ender, limits, logger });
  const contexts = createBatchContexts(progress);
  // of what is accepted now, before its first file comes; that file reads it anew where this failed
  await progress.onNudge((_lane, batchId) => {
    if (batchId !== undefined) contexts(batchId).catch(() => undefined);
  });
  const following = { broker, settle, runner, ender };
  const key = config.FAL_KEY;
  const fal =
    key === undefined
      ? undefined
      : await wireFal({
          ...{
            ...following,
            service,
            key,
            progress,
            storage,
            sources,
            held,
            progressWriter,
            contexts,
            links,
          },
        });
  const gate = (provider: string): LaneGate | undefined => gates.get(provider);
  const deps = {
    progress,
    instance,
    contexts,
    gate,
    ...following,
    paid: (provider: string) => (provider === 'fal' ? fal?.files : undefined),
    restMost: fal === undefined ? 0 : config.WORKER_WAITING,
    runner,
    // with less, some slots would stay empty for ever
    prefetch: Math.max(config.WORKER_PREFETCH, config.WORKER_CONCURRENCY),
    prefetchMost: Math.max(config.WORKER_PREFETCH_MOST, config.WORKER_PREFETCH, config.WORKER_CONCURRENCY),
  };

  metrics.set('worker_slots', {}, config.WORKER_CONCURRENCY);
  const handlers: Handler[] = lanes.map((lane) => generateModel(lane, deps));
  if (fal !== undefined) handlers.push(fal.notifications);
  const entrances: LaneEntrance[] = [...gates.values(), ...(fal === undefined ? [] : [fal.slots])];
  await beating.steer({
    broker,
    slots: () => config.WORKER_CONCURRENCY,
    active: () => held.size,
    onLanes: () => closePausedLanes(beating, entrances),
  });
  await broker.consume(handlers);
  await beating.begin();
});
