import type { AlertChannel, Severity } from '@image2model/contracts';
import type { Logger, Metrics } from '@image2model/service-kit';
import type { AlertRoutes } from '../domain/alert-routes.js';
import { stateOf, toldAlertOf, type Alert } from '../domain/alert.js';
import type { Delivery } from '../domain/channel.js';
import { decideAlert, type Decision } from '../domain/decide-alert.js';
import type { MemoryStore } from '../domain/memory-store.js';

export interface ReceiveDeps {
  memories: MemoryStore;
  routes: AlertRoutes;
  /** the same state of a trouble is told again after so long */
  repeatMs: number;
  /** Sees to it that a channel is told; rejects when nothing durable has the delivery. */
  dispatch: (delivery: Delivery) => Promise<void>;
  logger: Logger;
  metrics: Metrics;
}

export type ReceiveAlert = (alert: Alert, options?: { logged?: boolean }) => Promise<void>;

const logLevels: Record<Severity, 'info' | 'warn' | 'error'> = {
  info: 'info',
  warning: 'warn',
  critical: 'error',
};

/**
 * An alert from wherever it came: to the log at once, then to the channels that it is news for. What was decided is
 * remembered after the deliveries are safe; a repeat after a crash finds them by their ids.
 */
export function createAlertReceiver(deps: ReceiveDeps): ReceiveAlert {
  const { memories, routes, repeatMs, dispatch, logger } = deps;
  return async (alert, { logged = false } = {}) => {
    if (!logged) writeToLog(alert, deps);
    let decision: Decision | undefined;
    await memories.inTurn(alert.fingerprint, async ({ memory, blind }) => {
      decision = decideAlert(alert, memory, { routes, repeatMs, nowMs: Date.now(), blind });
      if (decision.do !== 'tell') return decision.do === 'repeat' ? decision.next : undefined;
      const told = toldAlertOf(alert, decision.keptBack);
      await allOf(
        decision.channels.map((channel) =>
          dispatch({ id: deliveryId(channel, alert.id), channel, alert: told }),
        ),
      );
      return decision.next;
    });
    logger.info('alert handled', {
      alertId: alert.id,
      fingerprint: alert.fingerprint,
      state: stateOf(alert),
      outcome: decision?.do,
      ...(decision?.do === 'tell' ? { channels: decision.channels } : {}),
    });
  };
}

const deliveryId = (channel: AlertChannel, alertId: string): string =>
  `deliver:${channel}:${alertId}`.slice(0, 255);

/** One that fails does not keep the others from being tried. */
async function allOf(work: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

function writeToLog(alert: Alert, { logger, metrics }: Pick<ReceiveDeps, 'logger' | 'metrics'>): void {
  const level = alert.resolved ? 'info' : logLevels[alert.severity];
  logger[level](`alert: ${alert.message}`, {
    alertId: alert.id,
    code: alert.code,
    fingerprint: alert.fingerprint,
    state: stateOf(alert),
    details: alert.details,
  });
  metrics.inc('alerts_total', { severity: alert.severity, channel: 'log' });
}
