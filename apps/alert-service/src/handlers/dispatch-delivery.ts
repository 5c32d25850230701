import type { Broker } from '@image2model/broker';
import { alertDeliver, alertQueues } from '@image2model/contracts';
import type { AlertRecords } from '@image2model/progress';
import type { Logger } from '@image2model/service-kit';
import type { Delivery } from '../domain/channel.js';
import type { TellChannel } from './tell-channel.js';

export interface DispatchDeps {
  broker: Pick<Broker, 'publish' | 'state'>;
  tell: TellChannel;
  alerts: Pick<AlertRecords, 'post'>;
  logger: Logger;
}

export interface Dispatcher {
  /** @param attempt of telling it straight, from 1. By the channel's queue; with RabbitMQ away straight to the channel. @throws Failure when it has not arrived in either */
  forward(delivery: Delivery, attempt?: number): Promise<void>;
  /** Like `forward`; what has not arrived waits in Redis. @throws when that is away too */
  dispatch(delivery: Delivery): Promise<void>;
}

/** Gets deliveries on their way whatever is away. */
export function createDispatcher({ broker, tell, alerts, logger }: DispatchDeps): Dispatcher {
  const forward = async (delivery: Delivery, attempt = 1): Promise<void> => {
    const { id, channel, alert } = delivery;
    if (broker.state.connected && !broker.state.blocked) {
      const input = { id, payload: { channel, alert } };
      const sent = await broker.publish(alertDeliver, input, { queue: alertQueues[channel] }).then(
        () => true,
        (error: unknown) => {
          logger.warn('RabbitMQ did not take an alert; the channel is told without it', {
            delivery: id,
            error,
          });
          return false;
        },
      );
      if (sent) return;
    }
    await tell(delivery, attempt);
  };
  const dispatch = async (delivery: Delivery): Promise<void> => {
    try {
      await forward(delivery);
    } catch {
      const { id, channel, alert } = delivery;
      await alerts.post({ kind: 'delivery', id, payload: { channel, alert } });
    }
  };
  return { forward, dispatch };
}
