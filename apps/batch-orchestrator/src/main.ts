import { connectBroker } from '@image2model/broker';
import { falGovernorName, falLimits } from '@image2model/fal';
import { connectProgress, keepBeating } from '@image2model/progress';
import { repeat, runService } from '@image2model/service-kit';
import { configSchema } from './config.js';
import { handleCancelRequest } from './handlers/cancel-batch.js';
import { collectDeadLetters } from './handlers/collect-dead-letters.js';
import { startDispatchers } from './handlers/dispatch-lanes.js';
import { openBatch } from './handlers/open-batch.js';
import { Reconciler } from './handlers/reconcile-batches.js';
import { createRelay } from './handlers/relay-completions.js';
import { settleFiles } from './handlers/settle-files.js';

void runService('batch-orchestrator', configSchema, async (service) => {
  const { config, logger, metrics, instance, closing, ready } = service;
  const progress = closing(await connectProgress({ url: config.REDIS_URL, logger }), 'progress');
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

  const relay = createRelay({ broker, progress, logger, metrics });
  const sweeps = {
    leaseMs: config.RECONCILE_LEASE_MS,
    overdueMs: config.OVERDUE_MS,
    reissueDueMs: config.REISSUE_DUE_MS,
  };
  const key = config.FAL_KEY;
  const dispatchers = closing(
    await startDispatchers({
      ...{ broker, progress, instance, logger, metrics },
      governor: key === undefined ? undefined : progress.governor(falGovernorName(key), falLimits(config)),
      timing: { leaseMs: config.LANE_LEASE_MS, unclaimedDueMs: config.UNCLAIMED_DUE_MS },
    }),
    'dispatchers',
  );
  const reconciler = closing(
    new Reconciler({ broker, progress, relay, instance, logger, metrics, timing: sweeps }),
    'reconciler',
  );
  closing(
    repeat({
      name: 'reconciler',
      everyMs: config.RECONCILE_INTERVAL_MS,
      logger,
      run: () => reconciler.sweep(),
    }),
    'reconciler loop',
  );
  await broker.consume([
    openBatch({ look: (lane) => dispatchers.look(lane) }),
    settleFiles({ progress, relay, refill: () => dispatchers.refill(), metrics, logger }),
    handleCancelRequest({ broker, progress, relay, logger }),
  ]);
  await collectDeadLetters({ broker, progress, relay, logger });
  closing(keepBeating(progress.fleet, logger, service), 'heartbeat');
});
