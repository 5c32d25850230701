import { defineHandler, type Handler } from '@image2model/broker';
import { alertSend, queues, type Severity } from '@image2model/contracts';
import type { Logger, Metrics } from '@image2model/service-kit';
import { stateOf, type Alert } from '../domain/alert.js';
import type { Channel, DeliveryGuard } from '../domain/delivery.js';

export interface SendAlertDeps {
  guard: DeliveryGuard;
  /** None when no webhook is configured. */
  webhook: Channel | undefined;
  metrics: Metrics;
}

const logLevels: Record<Severity, 'info' | 'warn' | 'error'> = {
  info: 'info',
  warning: 'warn',
  critical: 'error',
};

/** An alert in, to the log at once and then to the webhook. Delivered at least once: the guard knows the repeats. */
export const sendAlert = ({ guard, webhook, metrics }: SendAlertDeps): Handler =>
  defineHandler({
    consumes: alertSend,
    queue: queues.alertSend,
    prefetch: 16,
    emits: [],
    timeoutMs: 60_000,
    async handle({ id, payload: { details, ...told } }, { logger, attempt }) {
      const alert: Alert = { id, ...told };
      if (attempt === 1) writeToLog(logger, alert, details, metrics);
      if (webhook === undefined) return;
      const outcome = await guard.once(alert, (repeats) => webhook.deliver(alert, repeats));
      if (outcome === 'delivered' || outcome === 'unguarded')
        metrics.inc('alerts_total', { severity: alert.severity, channel: 'webhook' });
      logger.info('alert handled', {
        alertId: id,
        code: alert.code,
        state: stateOf(alert),
        webhook: outcome,
      });
    },
  });

function writeToLog(logger: Logger, alert: Alert, details: Record<string, unknown>, metrics: Metrics): void {
  const level = alert.resolved ? 'info' : logLevels[alert.severity];
  logger[level](`alert: ${alert.message}`, {
    alertId: alert.id,
    code: alert.code,
    state: stateOf(alert),
    details,
  });
  metrics.inc('alerts_total', { severity: alert.severity, channel: 'log' });
}
