import { batchPath, batchView } from '../domain/batch-view.js';
import { acceptedRecord, type IncomingBatch } from '../domain/new-batch.js';
import { acceptBatch, type AcceptingParts } from './accept-batch.js';
import type { CreatedReply, Turn } from './keep-idempotency.js';
import type { Undo } from './undo-acceptance.js';

export interface PromisingParts extends AcceptingParts {
  undo: Undo;
}

/** A batch that has arrived whole, and what a repeat of its request is recognised by. */
export interface Arrival {
  batch: IncomingBatch;
  bodyHash: string;
}

/**
 * Accepts a batch and gives the 202 that promises its end. Throws when nothing was promised; then the rest is undone.
 * With a key it is found out whether the batch is active all the same: then it stays, for a repeat would get it too.
 */
export async function promiseBatch(
  parts: PromisingParts,
  { batch, bodyHash }: Arrival,
  turn: Turn,
): Promise<CreatedReply> {
  const view = batchView(acceptedRecord(batch), [], Date.now());
  const reply: CreatedReply = { status: 202, headers: { Location: batchPath(batch.id) }, json: view };
  try {
    await acceptBatch(parts, batch, () => turn.prepare(bodyHash, reply));
  } catch (error) {
    const reason = await turn.reason(error);
    if (await parts.undo.undo(batch.id, true, turn.free)) throw reason;
  }
  await turn.accepted();
  return reply;
}
