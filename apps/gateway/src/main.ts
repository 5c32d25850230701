import { connectBroker } from '@image2model/broker';
import { createWebhookVerifier, falGovernorName, falLimits } from '@image2model/fal';
import { makeThumbnail, restrictSharp } from '@image2model/images';
import { connectProgress, keepBeating } from '@image2model/progress';
import { runService } from '@image2model/service-kit';
import { openStorage } from '@image2model/storage';
import { keepHeapSmall } from './adapters/keep-heap-small.js';
import { packZip } from './adapters/pack-zip.js';
import { startApi } from './adapters/start-api.js';
import { configSchema, rulesOf } from './config.js';
import { createPlaces } from './domain/places.js';
import { createAdmission } from './handlers/admit-batches.js';
import { downloadProviderImage } from './handlers/download-provider-image.js';
import { createProgressPolls } from './handlers/poll-progress.js';
import { createGovernors } from './handlers/read-governors.js';
import { routesOf } from './handlers/routes.js';
import { createStreamLimits } from './handlers/stream-limits.js';
import { sweepOrphans } from './handlers/sweep-orphans.js';
import { takeProviderWebhook } from './handlers/take-provider-webhook.js';
import { createUndo } from './handlers/undo-acceptance.js';

/** Files of all results that are being downloaded: each costs about a kilobyte until its zip ends. */
const filesInZips = 100_000;
/** Each reads two models at a time. */
const auditsAtOnce = 2;

void runService('gateway', configSchema, async (service) => {
  const { config, logger, metrics, stopping, instance, closing, ready } = service;
  keepHeapSmall();
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
  const governors = createGovernors(
    config.FAL_KEY === undefined
      ? {}
      : { fal: progress.governor(falGovernorName(config.FAL_KEY), falLimits(config)) },
  );
  const polls = closing(createProgressPolls({ batches, governors, logger }), 'progress polls');
  const admission = createAdmission({ broker, fleet, storage, stopping, ...rules });
  const streams = createStreamLimits(metrics);
  const outside = { ...progress, governors, broker, storage, logger, metrics };
  const results = {
    pack: packZip,
    zipRoom: createPlaces(filesInZips),
    auditRoom: createPlaces(auditsAtOnce),
  };
  const routes = routesOf({
    ...outside,
    ...rules,
    makeThumbnail,
    ...results,
    noopMs: config.I2M_NOOP_MS ?? 0,
    undo,
    feed,
    polls,
    admission,
    streams,
  });
  const { FAL_KEY: falKey, FAL_ORIGIN: origin } = config;
  if (falKey !== undefined)
    routes.push(
      takeProviderWebhook({ falKey, verifier: createWebhookVerifier({ origin }), ...outside }),
      downloadProviderImage({ falKey, ...outside }),
    );
  closing(await startApi(service, routes), 'http server');
  closing(keepBeating(fleet, logger, service), 'heartbeat');
  sweepOrphans({ storage, batches, logger }, Date.now()).catch((error: unknown) =>
    logger.warn('the sweep for unfinished uploads failed', { error }),
  );
});
