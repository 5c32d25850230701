import { defineHandler, type Handler } from '@image2model/broker';
import { alertDeliver, alertQueues, type AlertChannel } from '@image2model/contracts';
import type { AlertLimit } from './limit-alerts.js';
import type { TellChannel } from './tell-channel.js';

/** One channel's queue. What it does not take climbs its own ladder for a day; then it is a dead letter. */
export const deliverAlert = (
  channel: AlertChannel,
  { limit, tell }: { limit: AlertLimit; tell: TellChannel },
): Handler =>
  defineHandler({
    consumes: alertDeliver,
    queue: alertQueues[channel],
    prefetch: 4,
    emits: [alertDeliver],
    timeoutMs: 30_000,
    async handle({ id, payload: { alert, summaryOfMs } }, { attempt, redelivered }) {
      if (summaryOfMs !== undefined) {
        const summary = await limit.summaryOf(channel, summaryOfMs);
        if (summary !== undefined) await tell(summary, attempt);
        return;
      }
      // counted once: a try after the first was let through
      const counts = attempt === 1 && !redelivered;
      if (counts && !(await limit.admits({ id, channel, alert }))) return;
      await tell({ id, channel, alert }, attempt);
    },
  });
