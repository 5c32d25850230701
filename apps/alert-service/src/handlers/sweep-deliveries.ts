import type { Broker } from '@image2model/broker';
import type { Progress } from '@image2model/progress';
import type { Logger } from '@image2model/service-kit';
import { sendOn } from './send-delivery-on.js';

export interface SweepingParts {
  broker: Pick<Broker, 'publish' | 'publishDelayed'>;
  deliveries: Pick<Progress['deliveries'], 'overdue' | 'get' | 'forget' | 'remindIn'>;
  logger: Logger;
}

const mostPerSweep = 500;
/** A message that was sent again is not taken for lost before this, ms: the queue may be long. */
const patienceMs = 300_000;

/**
 * Finds deliveries whose message was lost and sends it again. Any number of processes may do it: a try that two messages
 * ask for is made once.
 */
export async function sweepDeliveries({ broker, deliveries, logger }: SweepingParts): Promise<void> {
  const ids = await deliveries.overdue(Date.now(), mostPerSweep);
  if (ids.length === 0) return;
  await deliveries.remindIn(ids, patienceMs);
  let sent = 0;
  for (const id of ids) {
    const record = await deliveries.get(id);
    if (record?.state !== 'pending') {
      await deliveries.forget(id);
      continue;
    }
    await sendOn(broker, record, 0);
    sent += 1;
  }
  if (sent > 0) logger.warn('webhooks whose message was lost are sent again', { sent });
}
