import { connectBroker } from '@image2model/broker';
import { connectProgress, keepBeating } from '@image2model/progress';
import { runService } from '@image2model/service-kit';
import { RedisGuard } from './adapters/redis-guard.js';
import { createWebhook } from './adapters/webhook.js';
import { configSchema } from './config.js';
import { alertOnDeadLetter } from './handlers/alert-on-dead-letter.js';
import { sendAlert } from './handlers/send-alert.js';

void runService('alert-service', configSchema, async (service) => {
  const { config, logger, metrics, instance, closing, ready } = service;
  const progress = closing(
    await connectProgress({ url: config.REDIS_URL, logger, failFast: true }),
    'progress',
  );
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

  const webhook =
    config.ALERT_WEBHOOK_URL === undefined ? undefined : createWebhook(config.ALERT_WEBHOOK_URL);
  await broker.consume([
    sendAlert({ guard: new RedisGuard(progress.fleet), webhook, metrics }),
    alertOnDeadLetter(),
  ]);
  closing(keepBeating(progress.fleet, logger, service), 'heartbeat');
});
