import { connectBroker } from '@image2model/broker';
import { falGovernorName, falLimits } from '@image2model/fal';
import { connectProgress, isRedisDown, keepBeating } from '@image2model/progress';
import { rabbitmqOf, redisOf, repeat, runService, traced } from '@image2model/service-kit';
import { configSchema } from './config.js';
import { handleCancelRequest } from './handlers/cancel-batch.js';
import { collectDeadLetters } from './handlers/collect-dead-letters.js';
import { startDispatchers } from './handlers/dispatch-lanes.js';
import { openBatch } from './handlers/open-batch.js';
import { handleRedrive } from './handlers/redrive-dead-letter.js';
import { createRedriveSweep } from './handlers/resume-redrives.js';
import { Reconciler } from './handlers/reconcile-batches.js';
import { createRelay } from './handlers/relay-completions.js';
import { settleFiles } from './handlers/settle-files.js';
import { createFileTeller } from './handlers/tell-file-events.js';

void runService('batch-orchestrator', configSchema, async (service) => {
  const { config, logger, metrics, instance, closing, ready } = service;
  const connected = closing(await connectProgress({ ...redisOf(config), logger, metrics }), 'progress');
  const progress = { ...connected, settlements: traced(connected.settlements, { finish: 'settle' }) };
  // closed after the broker: the others see the process drain
  const beating = closing(await keepBeating(progress, service), 'heartbeat');
  const broker = closing(
    await connectBroker({
      ...rabbitmqOf(config),
      service: instance,
      logger,
      metrics,
      signal: service.stopping,
      onWait: (reason) => service.waits('rabbitmq', reason),
      outages: { 'dependency.redis': isRedisDown },
    }),
    'broker',
  );
  ready('redis', () => progress.fleet.ping());
  ready('rabbitmq', () => broker.state.connected);

  const relay = createRelay({ broker, progress, logger, metrics });
  const sweeps = {
    leaseMs: config.RECONCILE_LEASE_MS,
    overdueMs: config.OVERDUE_MS,
    reissueDueMs: config.REISSUE_DUE_MS,
  };
  const key = config.FAL_KEY;
  const dispatchers = closing(
    await startDispatchers({
      ...{ broker, progress, instance, logger, metrics, beating },
      governor: key === undefined ? undefined : progress.governor(falGovernorName(key), falLimits(config)),
      timing: { leaseMs: config.LANE_LEASE_MS, unclaimedDueMs: config.UNCLAIMED_DUE_MS },
    }),
    'dispatchers',
  );
  await beating.steer({
    broker,
    onLanes: () => dispatchers.refill(true),
    standStill: () => dispatchers.standStill(),
  });
  const reconciler = closing(
    new Reconciler({ broker, progress, relay, instance, logger, metrics, beating, timing: sweeps }),
    'reconciler',
  );
  closing(
    repeat({
      name: 'reconciler',
      everyMs: config.RECONCILE_INTERVAL_MS,
      logger,
      run: () => (beating.taking ? reconciler.sweep() : reconciler.close()),
    }),
    'reconciler loop',
  );
  const redriving = { broker, progress, metrics, instance, logger };
  const sweepRedrives = createRedriveSweep(redriving, config.REDRIVE_INTERVAL_MS);
  closing(
    repeat({ name: 'redrives', everyMs: config.REDRIVE_INTERVAL_MS, logger, run: sweepRedrives }),
    'redrive loop',
  );
  const teller = closing(createFileTeller({ broker, logger }), 'file events');
  await broker.consume([
    openBatch({ look: (lane) => dispatchers.look(lane) }),
    settleFiles({
      ...{ progress, relay, metrics, logger },
      refill: () => dispatchers.refill(),
      tellFiles: (batchId) => teller.tell(batchId),
    }),
    handleCancelRequest({ broker, progress, relay, logger }),
    handleRedrive(redriving),
  ]);
  await collectDeadLetters({ broker, progress, relay, instance, logger });
  await beating.begin();
});
