import { connectBroker } from '@image2model/broker';
import { connectProgress, isRedisDown, keepBeating } from '@image2model/progress';
import { rabbitmqOf, redisOf, runService } from '@image2model/service-kit';
import { configSchema } from './config.js';
import { wireAlerts } from './wire-alerts.js';
import { wireWebhooks } from './wire-webhooks.js';

void runService('alert-service', configSchema, async (service) => {
  const { config, logger, metrics, instance, closing, ready } = service;
  const progress = closing(
    await connectProgress({ ...redisOf(config), logger, metrics, failFast: true }),
    'progress',
  );
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
  await beating.steer({ broker });

  const alerts = wireAlerts(service, { broker, progress });
  await broker.consume([...alerts.handlers, ...wireWebhooks(service, { broker, progress })]);
  await alerts.start();
  await beating.begin();
});
