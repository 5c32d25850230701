import type { Broker, Handler } from '@image2model/broker';
import type { Progress } from '@image2model/progress';
import { repeat, type ServiceContext } from '@image2model/service-kit';
import { AlertMemories } from './adapters/alert-memory.js';
import { createChannels } from './adapters/create-channels.js';
import { DeliveryOnce } from './adapters/delivery-once.js';
import type { AlertConfig } from './config.js';
import { routesTo } from './domain/alert-routes.js';
import { alertOnDeadLetter } from './handlers/alert-on-dead-letter.js';
import { deliverAlert } from './handlers/deliver-alert.js';
import { createDispatcher } from './handlers/dispatch-delivery.js';
import { createAlertLimit } from './handlers/limit-alerts.js';
import { createAlertReceiver } from './handlers/receive-alert.js';
import { sendAlert } from './handlers/send-alert.js';
import { PostedAlerts } from './handlers/take-posted-alerts.js';
import { createTeller } from './handlers/tell-channel.js';
import { createCutOffWatch, cutOffLookMs } from './handlers/watch-cut-off.js';

/** Alerts from their arrival to the channels. `start` when the handlers consume. */
export function wireAlerts(
  { config, logger, metrics, instance, closing }: ServiceContext<AlertConfig>,
  { broker, progress }: { broker: Broker; progress: Progress },
): { handlers: Handler[]; start: () => Promise<void> } {
  const { alerts, fleet, opsEvents } = progress;
  const channels = createChannels(config);
  const routes = routesTo(config.ALERT_ROUTES, new Set(channels.keys()));
  const tell = createTeller({
    channels,
    guard: new DeliveryOnce(alerts),
    opsEvents,
    instance,
    metrics,
    logger,
  });
  const { dispatch, forward } = createDispatcher({ broker, tell, alerts, logger });
  const memories = new AlertMemories(alerts, fleet);
  const repeatMs = config.ALERT_REPEAT_MINUTES * 60_000;
  const receive = createAlertReceiver({ memories, routes, repeatMs, dispatch, logger, metrics });
  const limit = createAlertLimit({ alerts, broker, mostPerHour: config.ALERT_MOST_PER_HOUR, logger });
  const posted = new PostedAlerts({ alerts, fleet, instance, receive, forward, logger });
  const watch = createCutOffWatch({ broker, fleet, receive });
  return {
    handlers: [
      sendAlert(receive),
      alertOnDeadLetter(),
      ...[...channels.keys()].map((channel) => deliverAlert(channel, { limit, tell })),
    ],
    start: async () => {
      closing(posted, 'posted alerts');
      closing(repeat({ name: 'cut-off watch', everyMs: cutOffLookMs, logger, run: watch }), 'cut-off watch');
      broker.onStateChange(posted.nudge);
      await progress.onAlertPosted(posted.nudge);
      posted.nudge();
      logger.info('alerts go to', { channels: ['log', ...channels.keys()], routes });
    },
  };
}
