import type { Broker } from '@image2model/broker';
import { alertSend, batchOfDelivery, priorities } from '@image2model/contracts';
import type { BeginReply, DeliveryAttempt, DeliveryTry, Progress, TryEnd } from '@image2model/progress';
import type { Logger, Metrics } from '@image2model/service-kit';
import { afterFailure, verdictOf, type Verdict } from '../domain/delivery-schedule.js';
import type { Endpoints } from '../domain/webhook-sender.js';
import { lostAfterMs, sendOn } from './send-delivery-on.js';

export interface ConcludingParts {
  broker: Pick<Broker, 'publish' | 'publishDelayed'>;
  deliveries: Pick<Progress['deliveries'], 'note' | 'remindIn' | 'forget'>;
  endpoints: Endpoints;
  opsEvents: Pick<Progress['opsEvents'], 'add'>;
  /** when a ladder's tries are due, seconds from its beginning */
  schedule: readonly number[];
  /** an endpoint that failed for so long is disabled, ms */
  disableAfterMs: number;
  instance: string;
  logger: Logger;
  metrics: Metrics;
}

/** A try that this process holds. */
export type TakenTry = DeliveryTry & Extract<BeginReply, { status: 'go' }> & { holder: string };

/** Writes down what came of a try and sees to what follows. @param disabled why its endpoint was, before the try */
export async function concludeTry(
  parts: ConcludingParts,
  taken: TakenTry,
  attempt: DeliveryAttempt | null,
  disabled: string | null,
): Promise<void> {
  const { deliveries, metrics, logger } = parts;
  const verdict = attempt === null ? null : verdictOf(attempt);
  const disabledNow = verdict !== null && (await judgeEndpoint(parts, taken, verdict));
  const end = verdict === null || disabledNow ? disabledEnd : endOf(parts, taken, verdict);
  const pending = end.state === 'pending';
  // the index first: a crash after the note must not leave a delivery that nobody finds
  if (pending) await deliveries.remindIn([taken.id], end.waitMs + lostAfterMs);
  const noted = await deliveries.note(taken, taken.holder, attempt, end);
  if (disabledNow || verdict === null) await tellDisabled(parts, taken, disabled ?? whyDisabled(verdict));
  if (!noted) return;
  metrics.inc('webhook_deliveries_total', { event: taken.event, outcome: pending ? 'retried' : end.state });
  logger.info('webhook tried', { delivery: taken.id, state: end.state, ...attempt });
  if (pending) await sendOn(parts.broker, { ...taken, tried: taken.tried + 1 }, end.waitMs);
  else await deliveries.forget(taken.id);
  if (disabled !== null && verdict === 'delivered') await tellWorks(parts, taken);
  if (end.state === 'failed') await tellFailed(parts, taken, attempt);
}

const disabledEnd: TryEnd = { state: 'disabled' };

function endOf({ schedule }: ConcludingParts, { tried }: DeliveryTry, verdict: Verdict): TryEnd {
  switch (verdict) {
    case 'delivered':
      return { state: 'delivered' };
    case 'gone':
      return disabledEnd;
    case 'failed':
      return afterFailure(schedule, tried, Math.random());
  }
}

const whyDisabled = (verdict: Verdict | null): string =>
  verdict === 'gone' ? 'it answered 410 Gone' : 'it failed for too long without one success';

/** @returns whether it is disabled by this very try */
async function judgeEndpoint(
  { endpoints, disableAfterMs }: ConcludingParts,
  { tenant, url }: TakenTry,
  verdict: Verdict,
): Promise<boolean> {
  if (verdict !== 'delivered')
    return endpoints.failed(tenant, url, verdict === 'gone' ? 0 : disableAfterMs, whyDisabled(verdict));
  await endpoints.worked(tenant, url);
  return false;
}

/** Of a URL people are told the host: the rest of it may be a secret. */
const placeOf = ({ tenant, url }: TakenTry): { tenant: string; host: string } => ({
  tenant,
  host: new URL(url).host,
});

/** Also for each delivery that finds it disabled: a crash may have swallowed the first word, and alerts know repeats. */
async function tellDisabled(parts: ConcludingParts, taken: TakenTry, why: string): Promise<void> {
  const { tenant, host } = placeOf(taken);
  const message = `The webhook of tenant ${tenant} at ${host} is disabled: ${why}. Have it repaired, then redeliver.`;
  const details = { ...placeOf(taken), delivery: taken.id };
  await parts.opsEvents.add('endpoint.disabled', { by: parts.instance, message, details });
  await tell(parts, taken, { message, resolved: false });
}

async function tellWorks(parts: ConcludingParts, taken: TakenTry): Promise<void> {
  const { tenant, host } = placeOf(taken);
  await tell(parts, taken, {
    message: `The webhook of tenant ${tenant} at ${host} works again.`,
    resolved: true,
  });
}

async function tell(
  { broker }: ConcludingParts,
  taken: TakenTry,
  { message, resolved }: { message: string; resolved: boolean },
): Promise<void> {
  const { tenant, host } = placeOf(taken);
  const fingerprint = `webhook_disabled:${tenant}:${host}`.replace(/[^\w.:/-]/g, '').slice(0, 200);
  const details = { tenant, host, batch: batchOfDelivery(taken.id) ?? '' };
  const payload = {
    severity: 'warning' as const,
    code: 'webhook_disabled',
    message,
    resolved,
    details,
    fingerprint,
  };
  await broker.publish(
    alertSend,
    {
      id: `alert:webhook:${resolved ? 'works' : 'disabled'}:${taken.id}:${taken.ladder}:${taken.tried}`,
      payload,
    },
    { priority: priorities.alert },
  );
}

async function tellFailed(
  { opsEvents, instance, logger }: ConcludingParts,
  taken: TakenTry,
  attempt: DeliveryAttempt | null,
): Promise<void> {
  const { tenant, host } = placeOf(taken);
  const why = attempt?.error ?? 'unknown';
  const details = { tenant, host, delivery: taken.id, tries: taken.tried + 1, error: why };
  const message = `A webhook of tenant ${tenant} to ${host} was given up after ${taken.tried + 1} tries: ${why}`;
  await opsEvents.add('delivery.failed', { by: instance, message, details });
  logger.warn('a webhook was given up', details);
}
