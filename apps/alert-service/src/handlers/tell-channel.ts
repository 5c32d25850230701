import { Failure, failureKinds, type AlertChannel } from '@image2model/contracts';
import type { OpsEvents } from '@image2model/progress';
import type { Logger, Metrics } from '@image2model/service-kit';
import type { Channels, Delivery, DeliveryGuard } from '../domain/channel.js';

export interface TellDeps {
  channels: Channels;
  guard: DeliveryGuard;
  opsEvents: Pick<OpsEvents, 'add'>;
  instance: string;
  metrics: Metrics;
  logger: Logger;
}

export type TellChannel = (delivery: Delivery, attempt: number) => Promise<void>;

/**
 * Tells one channel of one alert, once. A channel that asked for patience is not called before its time.
 * @throws Failure when it did not take it: `channel` may be tried again
 */
export function createTeller(deps: TellDeps): TellChannel {
  const { channels, guard } = deps;
  const closedUntilMs = new Map<AlertChannel, number>();
  return async (delivery, attempt) => {
    const { id, channel: name, alert } = delivery;
    const channel = channels.get(name);
    if (channel === undefined) return giveUp(delivery, deps);
    const restMs = (closedUntilMs.get(name) ?? 0) - Date.now();
    if (restMs > 0)
      throw new Failure('channel', `${name} asked to wait`, {
        code: 'channel.waiting',
        retryAfterMs: restMs,
      });
    try {
      const outcome = await guard.once(id, () => channel.deliver(alert));
      if (outcome === 'told') noteTold(delivery, deps);
    } catch (error) {
      const failure = Failure.from(error);
      if (failure.code === 'channel.busy') throw failure;
      if (failure.retryAfterMs !== undefined) closedUntilMs.set(name, Date.now() + failure.retryAfterMs);
      noteFailed(delivery, { failure, attempt }, deps);
      throw failure;
    }
  };
}

/** It was taken out of the configuration while alerts for it were waiting. */
function giveUp({ id, channel }: Delivery, { logger }: TellDeps): void {
  logger.warn('an alert for a channel that is not configured any more is dropped; the log has it', {
    delivery: id,
    channel,
  });
}

function noteTold(
  { id, channel, alert }: Delivery,
  { metrics, logger, opsEvents, instance }: TellDeps,
): void {
  metrics.inc('alerts_total', { severity: alert.severity, channel });
  logger.info('alert delivered', { delivery: id, channel, alertId: alert.id, code: alert.code });
  const what = alert.resolved ? 'the end of' : alert.severity;
  void opsEvents.add('alert.sent', {
    by: instance,
    message: `${channel} was told: ${what} ${alert.code}: ${alert.message}`,
    details: { channel, code: alert.code, severity: alert.severity, resolved: alert.resolved },
  });
}

/** Every failure counts; people hear of the first and of the last. */
function noteFailed(
  { id, channel, alert }: Delivery,
  { failure, attempt }: { failure: Failure; attempt: number },
  { metrics, logger, opsEvents, instance }: TellDeps,
): void {
  metrics.inc('alert_failures_total', { channel });
  const last = attempt >= failureKinds[failure.kind].attempts;
  logger[last ? 'error' : 'warn'](
    last ? 'an alert was not delivered: given up' : 'an alert was not delivered; tried again',
    { delivery: id, channel, alertId: alert.id, attempt, error: failure.message },
  );
  if (attempt > 1 && !last) return;
  void opsEvents.add('alert.failed', {
    by: instance,
    message: `${failure.message}; ${last ? 'given up, look at its dead letter' : 'tried again for a day'}`,
    details: { channel, code: alert.code, attempt },
  });
}
