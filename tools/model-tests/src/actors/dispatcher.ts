import { needsFanOut, type LaneBatch } from '@image2model/progress';
import type { Io } from '../world/world.js';
import { messageId } from './message-id.js';

const lane = 'normal';
const chunk = 2;
/** As in the orchestrator: so long an unclaimed file is thought to wait in its queue, ms. */
const dueMs = 60_000;

/** Fans out what the lane has: the redo list first, then from the cursor on; publish → confirm → advance. */
export async function dispatch(io: Io): Promise<void> {
  const { stores } = io;
  for (const batch of await stores.lanes.batches(lane)) {
    if (batch.state === 'staging') continue;
    if (!needsFanOut(batch)) await stores.lanes.leave(lane, batch.id);
    else if (!batch.held && (await redo(io, batch))) await advance(io, batch);
  }
}

/** @returns whether the redo list is empty now */
async function redo(io: Io, batch: LaneBatch): Promise<boolean> {
  const { stores, world } = io;
  if (batch.redo === 0) return true;
  const files = await stores.lanes.redo(batch.id, chunk);
  for (const { idx, gen } of files) await publish(io, idx, gen);
  const taken = await stores.settlements.redone(batch.id, files, dueMs);
  world.stats.add('redo', taken);
  return batch.redo <= files.length;
}

async function advance(io: Io, batch: LaneBatch): Promise<void> {
  const { stores, world } = io;
  let from = batch.cursor;
  while (from < batch.total) {
    const to = Math.min(batch.total, from + chunk);
    for (const idx of await stores.lanes.pending(batch.id, from, to)) await publish(io, idx, 0);
    if (!(await stores.settlements.advance(batch.id, from, to, dueMs))) {
      world.stats.add('overlapping dispatch');
      return;
    }
    from = to;
  }
  await stores.lanes.leave(lane, batch.id);
}

async function publish(io: Io, idx: number, gen: number): Promise<void> {
  const id = messageId(idx, gen);
  await io.step(`publish ${id}`, () => io.world.broker.publish('generate', { id, files: [idx], gen }));
}
