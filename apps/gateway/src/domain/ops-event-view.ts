import type { OpsEvent } from '@image2model/contracts';
import type { Fact, OpsEventRecord } from '@image2model/progress';
import { isoTime } from './batch-view.js';
import { eventText } from './event-text.js';
import { factView } from './fact-view.js';

/** An event of the installation as it goes over the wire; it has an id to go on from. */
export function opsEventText({ id, type, atMs, by, message, details }: OpsEventRecord): string {
  const data: OpsEvent = { at: isoTime(atMs), by, message, details };
  return eventText(type, data, id);
}

/** A fact of a file on the same stream: without an id, since its own is of another stream. */
export const fileFactText = (batchId: string, fact: Fact): string =>
  eventText(fact.event, {
    at: isoTime(Number(fact.id.split('-')[0])),
    batch_id: batchId,
    ...factView(batchId, fact),
  });
