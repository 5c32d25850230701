import type { Broker } from '@image2model/broker';
import { alertSend, priorities, type PayloadOf } from '@image2model/contracts';
import type { AlertRecords } from '@image2model/progress';
import type { Logger } from '@image2model/service-kit';
import type { HealthAlert } from '../domain/health-report.js';

export interface SendAlertDeps {
  broker: Pick<Broker, 'publish' | 'state'>;
  alerts: Pick<AlertRecords, 'post'>;
  logger: Logger;
}

/**
 * By message, or through Redis when RabbitMQ does not take it; the alert service knows one that comes by both.
 * @returns whether it is on its way; false only when both are away
 */
export async function sendHealthAlert(
  code: string,
  { id, ...told }: HealthAlert,
  deps: SendAlertDeps,
): Promise<boolean> {
  const payload = { code, ...told, details: {} };
  const occurredAt = new Date().toISOString();
  if (await published({ id, occurredAt, payload }, deps)) return true;
  try {
    await deps.alerts.post({ kind: 'alert', id, occurredAt, payload });
    return true;
  } catch (error) {
    deps.logger.error(`could not send the alert: ${told.message}`, { error });
    return false;
  }
}

type Payload = PayloadOf<typeof alertSend>;

async function published(
  alert: { id: string; occurredAt: string; payload: Payload },
  { broker, logger }: SendAlertDeps,
): Promise<boolean> {
  if (!broker.state.connected || broker.state.blocked) return false;
  try {
    await broker.publish(alertSend, alert, { priority: priorities.alert });
    return true;
  } catch (error) {
    logger.warn('RabbitMQ did not take an alert; it goes through Redis', { error });
    return false;
  }
}
