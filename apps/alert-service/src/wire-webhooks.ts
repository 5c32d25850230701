import type { Broker, Handler } from '@image2model/broker';
import type { Progress } from '@image2model/progress';
import { createSafePost } from '@image2model/safe-fetch';
import { repeat, type ServiceContext } from '@image2model/service-kit';
import { createHostPlaces } from './adapters/host-places.js';
import { createWebhookSender } from './adapters/post-webhook.js';
import type { AlertConfig } from './config.js';
import { deliverWebhook } from './handlers/deliver-webhook.js';
import { gatherFileEvents, planCompletion } from './handlers/plan-deliveries.js';
import { sweepDeliveries } from './handlers/sweep-deliveries.js';

/** Posts to one host at a time, and how long another one waits for its turn, ms. */
const perHost = 4;
const hostPatienceMs = 3_000;

/** The handlers of customer webhooks; what looks after lost messages begins at once. */
export function wireWebhooks(
  service: ServiceContext<AlertConfig>,
  { broker, progress }: { broker: Broker; progress: Progress },
): Handler[] {
  const { config, logger, metrics, instance, closing, version } = service;
  const { I2M_WEBHOOK_SECRET: master, I2M_WEBHOOK_SECRET_PREVIOUS: previous } = config;
  const timeoutMs = config.WEBHOOK_TIMEOUT_S * 1_000;
  const post = createSafePost({ allow: config.WEBHOOK_ALLOW_HOSTS, totalMs: timeoutMs });
  const masters = [master, previous].flatMap((one) => one ?? []);
  const { batches, deliveries, endpoints, opsEvents } = progress;
  closing(
    repeat({
      name: 'search for lost webhooks',
      everyMs: config.WEBHOOK_SWEEP_S * 1_000,
      logger,
      run: () => sweepDeliveries({ broker, deliveries, logger }),
    }),
    'webhook sweep',
  );
  return [
    planCompletion({ broker, batches, deliveries }),
    gatherFileEvents({ broker, batches, deliveries }),
    deliverWebhook({
      ...{ broker, deliveries, endpoints, opsEvents, instance, logger, metrics, timeoutMs },
      schedule: config.WEBHOOK_RETRY_SCHEDULE_S,
      disableAfterMs: config.WEBHOOK_DISABLE_AFTER_S * 1_000,
      sender: createWebhookSender(post, masters, version),
      places: createHostPlaces(perHost, hostPatienceMs),
    }),
  ];
}
