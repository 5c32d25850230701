import { batchOfDelivery, webhookEvents } from '@image2model/contracts';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { defineScript, runScript, type Script } from './define-script.js';
import type {
  BeginReply,
  DeliveryAttempt,
  DeliveryRecord,
  DeliveryTry,
  NewDelivery,
  TryEnd,
} from './delivery-types.js';
import { parseFact } from './facts.js';
import { keys } from './keys.js';
import { deliveryFields, parseDelivery } from './parse-delivery.js';
import beginLua from './scripts/begin-delivery.lua';
import noteLua from './scripts/note-delivery.lua';
import openLua from './scripts/open-deliveries.lua';
import redeliverLua from './scripts/redeliver.lua';
import type { Fact } from './types.js';

const openScript = defineScript('open_deliveries', openLua, 'common');
const beginScript = defineScript('begin_delivery', beginLua, 'common');
const noteScript = defineScript('note_delivery', noteLua, 'common');
const redeliverScript = defineScript('redeliver', redeliverLua, 'common');

const beginReply = z.union([
  z.tuple([z.enum(['gone', 'old'])]).transform(([status]): BeginReply => ({ status })),
  z.tuple([z.literal('wait'), z.int()]).transform(([status, waitMs]): BeginReply => ({ status, waitMs })),
  z
    .tuple([z.literal('go'), z.string(), z.string(), z.enum(webhookEvents), z.string(), z.int()])
    .transform(([status, url, tenant, event, body, byHand]): BeginReply => {
      return { status, url, tenant, event, body, byHand: byHand === 1 };
    }),
]);

/**
 * What the webhooks of batches were told and must be told. The alert service writes; the gateway reads, and asks for
 * redeliveries. An index says when somebody must have moved each delivery, so a lost message is found again.
 */
export class Deliveries {
  constructor(private readonly redis: Redis) {}

  /**
   * Writes down deliveries of one batch; those that are there stay as they are.
   * @param gathered the last fact that is told by them or needs no telling
   * @returns the ids of those that were never tried
   */
  async open(
    batchId: string,
    deliveries: readonly NewDelivery[],
    { gathered = '', lostAfterMs }: { gathered?: string; lostAfterMs: number },
  ): Promise<string[]> {
    // the index first: a crash after the script must not leave a delivery that nobody finds
    await this.remindIn(
      deliveries.map(({ id }) => id),
      lostAfterMs,
    );
    const names = [keys.batch(batchId), keys.deliveries(batchId)];
    const reply = await runScript(
      this.redis,
      openScript,
      [...names, ...deliveries.map(({ id }) => keys.delivery(batchId, id))],
      ['', gathered, ...deliveries.flatMap(({ id, event, body }) => [id, event, body])],
    );
    return z.array(z.string()).parse(reply);
  }

  /** Takes a try, for `leaseMs`. @param holder whoever asks again gets it again */
  async begin(one: DeliveryTry, holder: string, leaseMs: number): Promise<BeginReply> {
    return beginReply.parse(await this.run(beginScript, one, [one.ladder, one.tried, holder, leaseMs]));
  }

  /** @returns false when the try is not the holder's any more: nothing was changed */
  async note(
    one: DeliveryTry,
    holder: string,
    attempt: DeliveryAttempt | null,
    end: TryEnd,
  ): Promise<boolean> {
    const text = attempt === null ? '' : JSON.stringify(attempt);
    const waitMs = end.state === 'pending' ? end.waitMs : 0;
    return (await this.run(noteScript, one, [one.ladder, one.tried, holder, text, end.state, waitMs])) === 1;
  }

  /** A new ladder of tries, the first one at once. @returns what it is; null when there is no such delivery */
  async redeliver(id: string, lostAfterMs: number): Promise<DeliveryTry | null> {
    await this.remindIn([id], lostAfterMs);
    const ladder = z.int().parse(await this.run(redeliverScript, { id }, []));
    return ladder === 0 ? null : { id, ladder, tried: 0 };
  }

  async get(id: string): Promise<DeliveryRecord | null> {
    const batchId = batchOfDelivery(id);
    if (batchId === null) return null;
    return parseDelivery(id, await this.redis.hmget(keys.delivery(batchId, id), ...deliveryFields));
  }

  /** Newest first. @param page.older how many older ones there are; without it the newest page */
  async list(
    batchId: string,
    page: { limit: number; older?: number },
  ): Promise<{ deliveries: DeliveryRecord[]; older: number }> {
    const end = page.older ?? (await this.redis.zcard(keys.deliveries(batchId)));
    const from = Math.max(0, end - page.limit);
    if (end <= 0) return { deliveries: [], older: 0 };
    const ids = (await this.redis.zrange(keys.deliveries(batchId), String(from), String(end - 1))).reverse();
    const records = await Promise.all(ids.map((id) => this.get(id)));
    return { deliveries: records.flatMap((record) => record ?? []), older: from };
  }

  /** Facts that were not gathered yet, in their order. */
  async newFacts(batchId: string, most: number): Promise<Fact[]> {
    const cursor = (await this.redis.hget(keys.batch(batchId), 'wh_cursor')) ?? '0-0';
    const rows = await this.redis.xrange(keys.facts(batchId), `(${cursor}`, '+', 'COUNT', most);
    return rows.map(([id, fields]) => parseFact(id, fields));
  }

  /** Deliveries that somebody must look after now. One command when there are none. @param nowMs by any clock */
  async overdue(nowMs: number, most: number): Promise<string[]> {
    return this.redis.zrangebyscore(keys.deliveriesDue(), '-inf', nowMs, 'LIMIT', 0, most);
  }

  /** Nobody need look after them before that. */
  async remindIn(ids: readonly string[], ms: number): Promise<void> {
    if (ids.length === 0) return;
    const atMs = Date.now() + ms;
    await this.redis.zadd(keys.deliveriesDue(), ...ids.flatMap((id) => [atMs, id]));
  }

  /** Nothing more will happen to it. */
  async forget(id: string): Promise<void> {
    await this.redis.zrem(keys.deliveriesDue(), id);
  }

  private run(script: Script, { id }: { id: string }, args: (string | number)[]): Promise<unknown> {
    const batchId = batchOfDelivery(id) ?? '';
    return runScript(this.redis, script, [keys.batch(batchId), keys.delivery(batchId, id)], ['', ...args]);
  }
}

/** Deliveries taken away with one command. */
const dropChunk = 1_000;

/** The log of a deleted batch goes with it. @returns how many keys there were @throws what the signal was aborted with */
export async function dropDeliveries(redis: Redis, batchId: string, signal: AbortSignal): Promise<number> {
  let count = 0;
  const list = keys.deliveries(batchId);
  for (;;) {
    signal.throwIfAborted();
    const ids = await redis.zrange(list, '0', String(dropChunk - 1));
    if (ids.length === 0) return count;
    count += await redis.unlink(...ids.map((id) => keys.delivery(batchId, id)));
    await redis.zrem(keys.deliveriesDue(), ...ids);
    await redis.zrem(list, ...ids);
  }
}
