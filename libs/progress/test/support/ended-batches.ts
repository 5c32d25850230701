import { bad, batchOf, claimed, done, progress, raw } from './store.js';

export const hourMs = 3_600_000;
export const indexed = async (id: string): Promise<{ expiry: string | null; ended: string | null }> => ({
  expiry: await raw.zscore('i2m:expiry', id),
  ended: await raw.zscore('i2m:ended', id),
});
export const finishedAt = async (id: string): Promise<number> =>
  Number(await raw.hget(`i2m:{${id}}:b`, 'finished_at'));

export async function announce(id: string): Promise<void> {
  for (const { eventId } of await progress.settlements.outbox(id))
    await progress.settlements.ackOutbox(id, eventId);
}
export async function settle(id: string, total: number): Promise<void> {
  for (let idx = 0; idx < total; idx += 1) {
    const token = await claimed(id, idx);
    await progress.attempts.conclude(id, { idx, token }, idx === 1 ? bad : done);
  }
  await progress.settlements.finish(
    id,
    Array.from({ length: total }, (_, idx) => idx),
  );
}
/** A batch whose files have ended, the second one failed. */
export async function settled(total = 2): Promise<string> {
  const id = await batchOf(total);
  await settle(id, total);
  return id;
}
/** The same, announced. */
export async function ended(total = 2): Promise<string> {
  const id = await settled(total);
  await announce(id);
  return id;
}
