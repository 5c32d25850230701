import { connectBroker } from '@image2model/broker';
import { connectProgress, isRedisDown, keepBeating } from '@image2model/progress';
import { rabbitmqOf, redisOf, repeat, runService } from '@image2model/service-kit';
import { isStorageDown, openStorage } from '@image2model/storage';
import { probeDisk } from './adapters/probe-disk.js';
import { createQueueCounter } from './adapters/queue-counter.js';
import { configSchema } from './config.js';
import { healthReportSchema } from './domain/health-report.js';
import { rowsAt, schedulesOf } from './domain/schedules.js';
import { createJobs } from './handlers/create-jobs.js';
import { eraseBatch } from './handlers/erase-batch.js';
import { createErase } from './handlers/erase-remains.js';
import { requestJob, requestMore } from './handlers/request-job.js';
import { createJobRunner, runMaintenance } from './handlers/run-maintenance.js';
import { Scheduler } from './handlers/schedule-ticks.js';
import { createQueueWatch, queueWatchIntervalMs } from './handlers/watch-queues.js';
import { wireHealthCheck } from './wire-health-check.js';

void runService('maintenance-worker', configSchema, async (service) => {
  const { config, logger, metrics, instance, closing, ready, stopping: signal } = service;
  const storage = await openStorage(config.STORAGE_URL);
  const progress = closing(
    await connectProgress({ ...redisOf(config), logger, metrics, failFast: true }),
    'progress',
  );
  // closed after the broker: the others see the process drain
  const beating = closing(await keepBeating(progress, service), 'heartbeat');
  const broker = closing(
    await connectBroker({
      ...{ ...rabbitmqOf(config), service: instance, logger, metrics, signal },
      onWait: (reason) => service.waits('rabbitmq', reason),
      outages: { 'dependency.redis': isRedisDown, 'dependency.storage': isStorageDown },
    }),
    'broker',
  );
  ready('redis', () => progress.fleet.ping());
  ready('rabbitmq', () => broker.state.connected);
  await beating.steer({ broker });

  const { fleet, deletions } = progress;
  const queues = createQueueCounter(broker);
  const checkHealth = wireHealthCheck(service, { broker, progress, storage, queues });
  const erase = createErase({ deletions, storage });
  const usedPercent = async (): Promise<number | null> =>
    (await probeDisk(storage, config.STORAGE_URL)).usedPercent;
  const jobs = createJobs({
    ...{ config, progress, broker, storage, erase, metrics, logger, instance, usedPercent, checkHealth },
  });
  const schedules = schedulesOf(config);
  const goOn = requestMore({ broker, schedules, logger });
  const run = createJobRunner({ fleet, schedules: progress.schedules, jobs, goOn, instance, logger });
  const fire = requestJob({ broker, run, signal, logger });
  const scheduler = new Scheduler({ fleet, schedules, instance, logger, fire });
  const watchQueues = createQueueWatch({
    ...{ fleet, instance, metrics, queues, broker },
    backlog: progress.backlog,
    sleeping: config.SLEEPING_SERVICES,
    lastHealth: async () => healthReportSchema.safeParse(await progress.ops.lastHealth()).data?.status,
  });

  await broker.consume([runMaintenance(run), eraseBatch({ deletions, erase, metrics })]);
  await beating.begin();
  closing(
    repeat({ name: 'queue watch', everyMs: queueWatchIntervalMs, logger, run: watchQueues }),
    'queue watch',
  );
  const publish = (): Promise<void> => progress.schedules.publish(rowsAt(schedules, Date.now()));
  closing(repeat({ name: 'timetable', everyMs: 15_000, logger, run: publish }), 'timetable');
  closing(
    repeat({
      name: 'scheduler',
      everyMs: 1_000,
      logger,
      run: () => (beating.taking ? scheduler.look() : undefined),
    }),
    'scheduler',
  );
});
