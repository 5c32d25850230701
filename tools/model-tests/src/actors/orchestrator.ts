import { isTerminalState } from '../checks/snapshot.js';
import type { Message } from '../world/broker.js';
import type { Io } from '../world/world.js';
import { messageId } from './message-id.js';

/** Files one call of a cancel looks at: few, so that small batches need several calls. */
const cancelChunk = 2;
const overdueMs = 30_000;
const reissueDueMs = 300_000;

/** Handler of `file.settled`. */
export async function settle(io: Io, message: Message): Promise<void> {
  const { stores, world } = io;
  const reply = await stores.settlements.finish(world.batchId, message.files);
  if (reply.repeated > 0) world.stats.add('repeated settlement');
  if (isTerminalState(reply.state)) await relay(io);
  await ack(io, message);
}

/** Handler of `batch.cancel-requested`. */
export async function handleCancel(io: Io, message: Message): Promise<void> {
  await cancelBatch(io);
  await ack(io, message);
}

/** Handler of a dead letter. */
export async function condemnDead(io: Io, message: Message): Promise<void> {
  for (const idx of message.files) await condemn(io, idx);
  await relay(io);
  await ack(io, message);
}

export async function condemn(io: Io, idx: number): Promise<void> {
  const { stores, world } = io;
  const error = { kind: 'dead_letter', code: 'dead_letter', message: '', retryable: true };
  const { status } = await stores.settlements.condemn(world.batchId, idx, error);
  world.oracle.condemned(idx, status);
}

/** One sweep of the reconciler. */
export async function sweep(io: Io): Promise<void> {
  const { stores, world } = io;
  // two looks at an empty queue: nothing of it can be on its way to somebody who has not claimed yet
  const unclaimed = world.broker.ready('generate', Number.MAX_SAFE_INTEGER).length === 0;
  for (const batchId of await stores.lanes.active()) {
    const batch = await stores.batches.read(batchId);
    if (batch === null) return stores.lanes.dropActive(batchId);
    if (batch.retrying === true) world.stats.add('retry resumed', await stores.retries.resume(batchId));
    if (batch.state === 'running') await heal(io, unclaimed);
    else if (batch.state === 'cancelling') await cancelBatch(io);
    else if (isTerminalState(batch.state)) {
      await relay(io);
      if ((await stores.settlements.outbox(batchId)).length === 0) await stores.lanes.dropActive(batchId);
    }
  }
}

async function heal(io: Io, unclaimed: boolean): Promise<void> {
  const { stores, world } = io;
  const { batchId } = world;
  const late = await stores.settlements.overdue(batchId, world.now, 100);
  if (late.length > 0) {
    await stores.settlements.finish(batchId, late);
    await reissueOverdue(io, unclaimed);
  }
  if ((await stores.settlements.recount(batchId)).wrong > 0) world.stats.add('recount corrected');
  if (await stores.lanes.ensure(batchId)) world.stats.add('lane entry healed');
  await relay(io);
}

async function reissueOverdue(io: Io, unclaimed: boolean): Promise<void> {
  const { stores, world } = io;
  for (const idx of await stores.settlements.overdue(world.batchId, world.now - overdueMs, 100))
    await reissue(io, idx, unclaimed);
}

/** Publishes a file once more if the script says so; at any time, for a sweep may be slow. */
export async function reissue(io: Io, idx: number, unclaimed: boolean): Promise<void> {
  const { stores, world } = io;
  const reply = await stores.settlements.reissue(world.batchId, idx, reissueDueMs, unclaimed);
  if (reply.do !== 'reissue') return;
  world.oracle.reissued(idx);
  world.stats.add('reissue');
  const id = messageId(idx, reply.gen, reply.copy);
  await io.step(`publish ${id}`, () =>
    world.broker.publish('generate', { id, files: [idx], gen: reply.gen }),
  );
}

async function cancelBatch(io: Io): Promise<void> {
  const { stores, world } = io;
  for (;;) {
    const { done } = await stores.settlements.cancelWaiting(world.batchId, cancelChunk);
    if (done) break;
  }
  const started = await stores.settlements.overdue(world.batchId, Number.MAX_SAFE_INTEGER, 100);
  if (started.length > 0) {
    const { open } = await stores.settlements.cancelUnheld(world.batchId, started);
    world.stats.add('cancel left to a worker', open.length);
    // the message of a file that waits for its generation may be lost as in a running batch
    if (open.length > 0) await reissueOverdue(io, false);
  }
  await relay(io);
}

/** Publishes the completions in the outbox and clears them after the confirm. */
async function relay(io: Io): Promise<void> {
  const { stores, world } = io;
  for (const { eventId, ...body } of await stores.settlements.outbox(world.batchId)) {
    await io.step(`publish ${eventId}`, () =>
      world.broker.completions.push({ id: eventId, body: JSON.stringify(body) }),
    );
    await stores.settlements.ackOutbox(world.batchId, eventId);
  }
}

async function ack(io: Io, message: Message): Promise<void> {
  await io.step(`ack ${message.queue}`, () => io.world.broker.ack(message, io.process));
}
