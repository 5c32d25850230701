import './adapters/keep-young-heap-small.js';
import { join } from 'node:path';
import { connectBroker } from '@image2model/broker';
import { createWebhookVerifier, falGovernorName, falLimits } from '@image2model/fal';
import { makeThumbnail, restrictSharp } from '@image2model/images';
import { connectProgress, keepBeating } from '@image2model/progress';
import { rabbitmqOf, redisOf, runService } from '@image2model/service-kit';
import { openStorage } from '@image2model/storage';
import { packZip } from './adapters/pack-zip.js';
import { readPage } from './adapters/read-page.js';
import { startApi } from './adapters/start-api.js';
import { configSchema, rulesOf } from './config.js';
import { createPlaces } from './domain/places.js';
import { createAdmission } from './handlers/admit-batches.js';
import { downloadProviderImage } from './handlers/download-provider-image.js';
import { createOpsEventFeed } from './handlers/ops-event-feed.js';
import { createProgressPolls } from './handlers/poll-progress.js';
import { createGovernors } from './handlers/read-governors.js';
import { routesOf } from './handlers/routes.js';
import { showPage } from './handlers/show-page.js';
import { createStreamLimits } from './handlers/stream-limits.js';
import { takeProviderWebhook } from './handlers/take-provider-webhook.js';
import { createUndo } from './handlers/undo-acceptance.js';

/** Files of all results that are being downloaded: each costs about a kilobyte until its zip ends. */
const filesInZips = 100_000;
/** Each reads two models at a time. */
const auditsAtOnce = 2;

void runService('gateway', configSchema, async (service) => {
  const { config, logger, metrics, stopping, instance, closing, ready } = service;
  restrictSharp();
  const storage = await openStorage(config.STORAGE_URL);
  const progress = closing(
    await connectProgress({ ...redisOf(config), logger, metrics, failFast: true }),
    'progress',
  );
  // closed after the broker: the others see the process drain
  const beating = closing(await keepBeating(progress, service), 'heartbeat');
  const { batches, fleet } = progress;
  const broker = closing(
    await connectBroker({
      ...{ ...rabbitmqOf(config), service: instance, logger, metrics, signal: stopping },
      onWait: (reason) => service.waits('rabbitmq', reason),
    }),
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
  const opsFeed = closing(createOpsEventFeed({ ...progress, logger }), 'ops event feed');
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
    downloads: config.I2M_DOWNLOADS,
    undo,
    feed,
    polls,
    admission,
    streams,
    opsFeed,
    version: service.version,
  });
  routes.push(...showPage('/ops', await readPage(join(__dirname, 'pages', 'ops'))));
  const { FAL_KEY: falKey, FAL_ORIGIN: origin } = config;
  if (falKey !== undefined)
    routes.push(
      takeProviderWebhook({ falKey, verifier: createWebhookVerifier({ origin }), ...outside }),
      downloadProviderImage({ falKey, ...outside }),
    );
  const api = closing(await startApi(service, routes), 'http server');
  await beating.steer({ broker, handled: () => ({ 'http.request:done': api.requests }) });
  await beating.begin();
});
