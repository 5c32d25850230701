import { connectBroker } from '@image2model/broker';
import { connectProgress, keepBeating } from '@image2model/progress';
import { repeat, runService } from '@image2model/service-kit';
import { openStorage } from '@image2model/storage';
import { createFactCollector } from './adapters/collect-facts.js';
import { createQueueCounter } from './adapters/queue-counter.js';
import { configSchema } from './config.js';
import { schedulesOf } from './domain/schedules.js';
import { createHealthCheck } from './handlers/check-health.js';
import { eraseBatch } from './handlers/erase-batch.js';
import { createDeletionSweep } from './handlers/finish-deletions.js';
import { requestJob } from './handlers/request-job.js';
import { createJobRunner, runMaintenance } from './handlers/run-maintenance.js';
import { Scheduler } from './handlers/schedule-ticks.js';
import { createQueueWatch, queueWatchIntervalMs } from './handlers/watch-queues.js';

void runService('maintenance-worker', configSchema, async (service) => {
  const { config, logger, metrics, instance, startedAtMs, closing, ready, stopping: signal } = service;
  const storage = await openStorage(config.STORAGE_URL);
  const progress = closing(
    await connectProgress({ url: config.REDIS_URL, logger, failFast: true }),
    'progress',
  );
  const broker = closing(
    await connectBroker({ url: config.AMQP_URL, service: instance, logger, metrics, signal }),
    'broker',
  );
  ready('redis', () => progress.fleet.ping());
  ready('rabbitmq', () => broker.state.connected);

  const { fleet, ops, deletions } = progress;
  const queues = createQueueCounter(broker);
  const watched = { storage, storageUrl: config.STORAGE_URL, startedAtMs, graceS: config.HEALTH_GRACE_S };
  const collectFacts = createFactCollector({ broker, queues, fleet, ...watched });
  const checkHealth = createHealthCheck({ collectFacts, ops, broker, metrics, logger });
  const finishDeletions = createDeletionSweep({ deletions, storage, broker, logger });
  const jobs = { 'health-check': checkHealth, 'finish-deletions': finishDeletions };
  const run = createJobRunner({ fleet, jobs, logger });
  const fire = requestJob({ broker, run, logger });
  const scheduler = new Scheduler({ fleet, schedules: schedulesOf(config), instance, logger, fire });
  const watchQueues = createQueueWatch({ fleet, instance, metrics, queues });

  await broker.consume([runMaintenance(run), eraseBatch({ deletions, storage, metrics })]);
  closing(keepBeating(fleet, logger, service), 'heartbeat');
  closing(
    repeat({ name: 'queue watch', everyMs: queueWatchIntervalMs, logger, run: watchQueues }),
    'queue watch',
  );
  closing(repeat({ name: 'scheduler', everyMs: 1_000, logger, run: () => scheduler.look() }), 'scheduler');
});
