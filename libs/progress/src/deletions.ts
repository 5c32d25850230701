import type { Redis } from 'ioredis';
import { z } from 'zod';
import { defineScript, runScript } from './define-script.js';
import { dropDeliveries } from './deliveries.js';
import { dropExpiry } from './expiry-index.js';
import { keys } from './keys.js';
import buryLua from './scripts/bury-batch.lua';
import deleteLua from './scripts/delete-batch.lua';
import { serverTimeMs } from './server-time.js';

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

const deleteReply = z
  .tuple([z.enum(['deleted', 'missing', 'live', 'busy', 'young']), z.string(), z.int(), z.string()])
  .transform(([status, tenant, total]) => ({ status, tenant, total }));
/** What became of a batch that its owner deletes. */
export type DeleteReply = 'deleted' | 'missing' | 'live' | 'busy';
/** What became of a batch that clean-up deletes; `young`: its retention is not over. */
export interface DeletedOne {
  id: string;
  status: DeleteReply | 'young';
  /** to be erased, when it is deleted */
  tombstone: Tombstone;
}

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
    const { status } = await this.runDelete(id, '');
    if (status === 'deleted') {
      // again: a sweep may have taken the first entry for that of a refused deletion
      await this.remindIn(id, eraseWithinMs);
      await this.leaveLists(tenant, id);
    }
    return status === 'young' ? 'live' : status;
  }

  /**
   * The same for many, whoever they belong to. Who calls it erases those that are deleted within a minute, else the sweep has it done.
   * @param onlyOver only those whose retention is over
   */
  async deleteMany(ids: readonly string[], onlyOver: boolean): Promise<DeletedOne[]> {
    const until = (await serverTimeMs(this.redis)) + eraseWithinMs;
    const entries = (of: readonly string[]): (string | number)[] => of.flatMap((id) => [until, id]);
    // NX: one that somebody else has deleted keeps the end of its tombstone
    if (ids.length > 0) await this.redis.zadd(keys.deletions(), 'NX', ...entries(ids));
    const replies = await Promise.all(
      ids.map(async (id): Promise<DeletedOne> => {
        const { status, tenant, total } = await this.runDelete(id, onlyOver ? 'over' : '');
        return { id, status, tombstone: { id, tenant, total, erased: false } };
      }),
    );
    const deleted = replies.filter(({ status }) => status === 'deleted').map(({ id }) => id);
    if (deleted.length > 0) await this.redis.zadd(keys.deletions(), ...entries(deleted));
    return replies;
  }

  async tombstone(id: string): Promise<Tombstone | null> {
    const hash = await this.redis.hgetall(keys.tombstone(id));
    return hash['id'] === undefined ? null : tombstoneHash.parse(hash);
  }

  /**
   * Drops the keys of a deleted batch, a chunk at a time; the tombstone stays.
   * @returns how many there were @throws what the signal was aborted with
   */
  async dropKeys({ id, tenant, total }: Tombstone, signal: AbortSignal): Promise<number> {
    const [, , dropped, strays] = await Promise.all([
      this.leaveLists(tenant, id),
      dropExpiry(this.redis, [id]),
      this.redis.unlink(
        keys.states(id),
        keys.sources(id),
        keys.facts(id),
        keys.outbox(id),
        keys.redo(id),
        keys.ledger(id),
        keys.wire(id),
      ),
      this.dropStrays(id),
    ]);
    let count = dropped + strays + (await dropDeliveries(this.redis, id, signal));
    for (let from = 0; from < total; from += unlinkChunk) {
      signal.throwIfAborted();
      const names = Array.from({ length: Math.min(unlinkChunk, total - from) }, (_, at) =>
        keys.attempt(id, from + at),
      );
      count += await this.redis.unlink(...names);
    }
    return count;
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
    return this.redis.zrangebyscore(
      keys.deletions(),
      '-inf',
      await serverTimeMs(this.redis),
      'LIMIT',
      0,
      most,
    );
  }

  /** Nobody need look before that. */
  async remindIn(id: string, ms: number): Promise<void> {
    await this.redis.zadd(keys.deletions(), (await serverTimeMs(this.redis)) + ms, id);
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
  private dropStrays(id: string): Promise<number> {
    return this.redis.unlink(keys.batch(id), keys.progress(id), keys.due(id));
  }

  private async leaveLists(tenant: string, id: string): Promise<void> {
    await this.redis.zrem(keys.tenantBatches(tenant), id);
  }

  private async runDelete(id: string, when: '' | 'over'): Promise<z.output<typeof deleteReply>> {
    const names = [keys.batch(id), keys.tombstone(id), keys.outbox(id), keys.due(id)];
    return deleteReply.parse(await runScript(this.redis, deleteScript, names, ['', when]));
  }
}
