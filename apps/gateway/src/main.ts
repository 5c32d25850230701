import { connectBroker } from '@image2model/broker';
import { connectProgress, keepBeating } from '@image2model/progress';
import { runService } from '@image2model/service-kit';
import { openStorage } from '@image2model/storage';
import { inspectImage, restrictSharp } from './adapters/inspect-image.js';
import { startApi } from './adapters/start-api.js';
import { configSchema, rulesOf } from './config.js';
import { createSlots } from './domain/slots.js';
import { createAdmission } from './handlers/admit-batches.js';
import { createProgressPolls } from './handlers/poll-progress.js';
import { routesOf } from './handlers/routes.js';
import { createStreamLimits } from './handlers/stream-limits.js';
import { sweepOrphans } from './handlers/sweep-orphans.js';
import { createUndo } from './handlers/undo-acceptance.js';

void runService('gateway', configSchema, async (service) => {
  const { config, logger, metrics, stopping, instance, closing, ready } = service;
  restrictSharp();
  const { REDIS_URL, AMQP_URL, STORAGE_URL } = config;
  const storage = await openStorage(STORAGE_URL);
  const progress = closing(await connectProgress({ url: REDIS_URL, logger, failFast: true }), 'progress');
  const { batches, fleet } = progress;
  const broker = closing(
    await connectBroker({ url: AMQP_URL, service: instance, logger, metrics, signal: stopping }),
    'broker',
  );
  ready('redis', () => fleet.ping());
  ready('rabbitmq', () => broker.state.connected && !broker.state.blocked);

  const rules = rulesOf(config);
  const undo = closing(createUndo({ batches, storage, logger }), 'undo');
  const feed = closing(progress.factFeed(), 'fact feed');
  const polls = closing(createProgressPolls({ batches, logger }), 'progress polls');
  const admission = createAdmission({ broker, fleet, storage, stopping, ...rules });
  const streams = createStreamLimits(metrics);
  const images = { inspect: inspectImage, wholeReads: createSlots(2) };
  const outside = { batches, broker, storage, logger, metrics };
  const routes = routesOf({ ...outside, ...rules, ...images, undo, feed, polls, admission, streams });
  closing(await startApi(service, routes), 'http server');
  closing(keepBeating(fleet, logger, service), 'heartbeat');
  sweepOrphans({ storage, batches, logger }, Date.now()).catch((error: unknown) =>
    logger.warn('the sweep for unfinished uploads failed', { error }),
  );
});
