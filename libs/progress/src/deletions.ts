import type { Redis } from 'ioredis';
import { z } from 'zod';
import { defineScript, runScript } from './define-script.js';
import { keys } from './keys.js';
import buryLua from './scripts/bury-batch.lua';
import deleteLua from './scripts/delete-batch.lua';

const deleteScript = defineScript('delete_batch', deleteLua, 'common');
const buryScript = defineScript('bury_batch', buryLua, 'common');

/** How long a tombstone stands, from the deletion. */
const tombstoneMs = 24 * 3_600_000;
/** After that somebody has so long to take it away, with what came late, before it goes by itself. */
const takeAwayMs = 3_600_000;
/** How long the task that a deletion publishes has before the batch is looked after. */
const eraseWithinMs = 60_000;
/** Keys dropped with one command: small enough that nobody waits for it. */
const unlinkChunk = 1_000;

const deleteReply = z.enum(['deleted', 'missing', 'live', 'busy']);
export type DeleteReply = z.output<typeof deleteReply>;

/** A deleted batch. */
export interface Tombstone {
  id: string;
  tenant: string;
  /** how many files it had; 0 when everything of it is erased */
  total: number;
  erased: boolean;
}
const tombstoneHash = z
  .object({
    id: z.string(),
    tenant: z.string(),
    total: z.coerce.number().int().default(0),
    erased_at: z.string().optional(),
  })
  .transform(({ erased_at, ...rest }): Tombstone => ({ ...rest, erased: erased_at !== undefined }));

/**
 * Deletion of batches. The gateway deletes: one script, and from then on there is no such batch for anybody. The
 * maintenance worker erases what is left, in steps that may be repeated, and finds by the index what others left undone.
 */
export class Deletions {
  constructor(private readonly redis: Redis) {}

  /** Deletes a terminal batch; exactly one caller gets `deleted`. */
  async delete(tenant: string, id: string): Promise<DeleteReply> {
    // the index first: a crash after the script must not leave a tombstone that nobody finds
    await this.remindIn(id, eraseWithinMs);
    const names = [keys.batch(id), keys.tombstone(id), keys.outbox(id), keys.due(id)];
    const reply = deleteReply.parse(await runScript(this.redis, deleteScript, names, ['']));
    if (reply === 'deleted') {
      // again: a sweep may have taken the first entry for that of a refused deletion
      await this.remindIn(id, eraseWithinMs);
      await this.redis.zrem(keys.tenantBatches(tenant), id);
    }
    return reply;
  }

  async tombstone(id: string): Promise<Tombstone | null> {
    const hash = await this.redis.hgetall(keys.tombstone(id));
    return hash['id'] === undefined ? null : tombstoneHash.parse(hash);
  }

  /** Drops the keys of a deleted batch, a chunk at a time; the tombstone stays. @throws what the signal was aborted with */
  async dropKeys({ id, tenant, total }: Tombstone, signal: AbortSignal): Promise<void> {
    await this.redis.zrem(keys.tenantBatches(tenant), id);
    await this.redis.unlink(
      keys.states(id),
      keys.sources(id),
      keys.facts(id),
      keys.outbox(id),
      keys.redo(id),
      keys.ledger(id),
      keys.wire(id),
    );
    await this.dropStrays(id);
    for (let from = 0; from < total; from += unlinkChunk) {
      signal.throwIfAborted();
      const count = Math.min(unlinkChunk, total - from);
      await this.redis.unlink(...Array.from({ length: count }, (_, at) => keys.attempt(id, from + at)));
    }
  }

  /** Everything is erased: the tombstone stands until 24 h after the deletion, and somebody looks once more then. */
  async bury(id: string): Promise<void> {
    const till = z
      .string()
      .parse(await runScript(this.redis, buryScript, [keys.tombstone(id)], ['', tombstoneMs, takeAwayMs]));
    if (till !== '') await this.redis.zadd(keys.deletions(), till, id);
  }

  /** Deleted batches that someone must look after now, the longest waiting first. */
  async overdue(most: number): Promise<string[]> {
    return this.redis.zrangebyscore(keys.deletions(), '-inf', await this.nowMs(), 'LIMIT', 0, most);
  }

  /** Nobody need look before that. */
  async remindIn(id: string, ms: number): Promise<void> {
    await this.redis.zadd(keys.deletions(), (await this.nowMs()) + ms, id);
  }

  /** The end of a deletion, or of one that was refused. Late messages may have left something meanwhile: it goes too. */
  async forget(id: string): Promise<void> {
    if ((await this.redis.hexists(keys.batch(id), 'id')) === 0) {
      await this.dropStrays(id);
      await this.redis.unlink(keys.tombstone(id));
    }
    await this.redis.zrem(keys.deletions(), id);
  }

  /** What a late progress report or a second relay of the completion writes, whether there is a batch or not. */
  private async dropStrays(id: string): Promise<void> {
    await this.redis.unlink(keys.batch(id), keys.progress(id), keys.due(id));
  }

  private async nowMs(): Promise<number> {
    const [seconds, micros] = (await this.redis.time()).map(Number);
    return (seconds ?? 0) * 1_000 + Math.floor((micros ?? 0) / 1_000);
  }
}
