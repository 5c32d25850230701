import type { Broker } from '@image2model/broker';
import { alertDeliver, alertQueues, rungs, type AlertChannel, type RungName } from '@image2model/contracts';
import type { AlertRecords } from '@image2model/progress';
import type { Logger } from '@image2model/service-kit';
import type { Delivery } from '../domain/channel.js';
import { hourMs, hourOf, keptBackSummary } from '../domain/kept-back-summary.js';

export interface LimitDeps {
  alerts: Pick<AlertRecords, 'count' | 'keptBack'>;
  broker: Pick<Broker, 'publishDelayed'>;
  mostPerHour: number;
  logger: Logger;
}

/** How much one channel is told in an hour. */
export interface AlertLimit {
  /** False for one too many: it is kept back, and counted in the summary. Critical ones and ends always pass. */
  admits(delivery: Delivery): Promise<boolean>;
  /** @returns what is to be told of the hour; undefined when it is not over yet (asked again then), or nothing was kept back */
  summaryOf(channel: AlertChannel, fromMs: number): Promise<Delivery | undefined>;
}

const summaryId = (channel: AlertChannel, fromMs: number): string => `deliver:${channel}:kept-back:${fromMs}`;

/** With Redis away nothing is counted, and nothing kept back. */
export function createAlertLimit({ alerts, broker, mostPerHour, logger }: LimitDeps): AlertLimit {
  const schedule = (channel: AlertChannel, fromMs: number): Promise<void> => {
    const alert = keptBackSummary(fromMs, 0, mostPerHour);
    const target = { queue: alertQueues[channel], rung: rungWithin(fromMs + hourMs - Date.now()) };
    const id = summaryId(channel, fromMs);
    return broker.publishDelayed(
      alertDeliver,
      { id, payload: { channel, alert, summaryOfMs: fromMs } },
      target,
    );
  };
  return {
    admits: async ({ channel, alert }) => {
      const fromMs = hourOf(Date.now());
      const counted = alerts.count(channel, fromMs, 'told').catch(() => 0);
      if (alert.severity === 'critical' || alert.resolved || (await counted) <= mostPerHour) return true;
      if ((await alerts.count(channel, fromMs, 'kept')) === 1) await schedule(channel, fromMs);
      logger.info('alert kept back: the channel got enough this hour', { channel, alertId: alert.id });
      return false;
    },
    summaryOf: async (channel, fromMs) => {
      if (Date.now() < fromMs + hourMs) {
        await schedule(channel, fromMs);
        return undefined;
      }
      const keptBack = await alerts.keptBack(channel, fromMs);
      if (keptBack === 0) return undefined;
      const alert = keptBackSummary(fromMs, keptBack, mostPerHour);
      return { id: summaryId(channel, fromMs), channel, alert };
    },
  };
}

/** The longest wait that is not too long; the shortest there is when all are. */
const rungWithin = (ms: number): RungName =>
  ([...rungs].reverse().find(({ delayMs }) => delayMs <= ms) ?? rungs[0]).name;
