import { randomUUID } from 'node:crypto';
import type { Broker } from '@image2model/broker';
import type { Fleet } from '@image2model/progress';
import type { Alert } from '../domain/alert.js';
import type { ReceiveAlert } from './receive-alert.js';

export interface CutOffDeps {
  broker: Pick<Broker, 'state'>;
  fleet: Pick<Fleet, 'ping'>;
  receive: ReceiveAlert;
}

export const cutOffLookMs = 5_000;
/** A restart of both is no news. */
const patienceMs = 30_000;

const about = { code: 'cut_off', fingerprint: 'cut_off', details: {}, repeat: false } as const;

/**
 * With RabbitMQ and Redis both away no alert can reach this process, so it says that by itself. Costs nothing while
 * RabbitMQ is there. Call it every 5 s.
 */
export function createCutOffWatch({ broker, fleet, receive }: CutOffDeps): () => Promise<void> {
  let aloneSinceMs: number | undefined;
  let told: Alert | undefined;
  const reachable = async (): Promise<boolean> =>
    broker.state.connected ||
    fleet.ping().then(
      () => true,
      () => false,
    );
  return async () => {
    if (await reachable()) {
      aloneSinceMs = undefined;
      if (told === undefined) return;
      const { severity: _severity, ...rest } = told;
      await receive({
        ...rest,
        ...about,
        id: `${told.id}:over`,
        severity: 'info',
        resolved: true,
        message: 'The alert service reaches RabbitMQ or Redis again.',
        at: new Date().toISOString(),
      });
      told = undefined;
      return;
    }
    aloneSinceMs ??= Date.now();
    if (told !== undefined || Date.now() - aloneSinceMs < patienceMs) return;
    const alert: Alert = {
      ...about,
      id: `alert:cut-off:${randomUUID()}`,
      severity: 'critical',
      resolved: false,
      message:
        'The alert service reaches neither RabbitMQ nor Redis: no other alert can arrive until one of them is back. Look at both servers and the network.',
      at: new Date().toISOString(),
    };
    await receive(alert);
    told = alert;
  };
}
