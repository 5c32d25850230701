import type { Redis } from 'ioredis';
import { z } from 'zod';
import { enterLane } from './active-index.js';
import type { Holding, PaidAttempt } from './attempts.js';
import { parseBatch } from './batch-records.js';
import { defineScript, onceMore, runScript, type Script } from './define-script.js';
import { keys } from './keys.js';
import { rowSchema, type LedgerRow } from './ledger-row.js';
import workLua from './scripts/begin-work.lua';
import bindLua from './scripts/bind-intent.lua';
import doubtLua from './scripts/doubt-intent.lua';
import freeLua from './scripts/free-intent.lua';
import intendLua from './scripts/intend-file.lua';
import fetchedLua from './scripts/note-fetched.lua';
import putBackLua from './scripts/put-back-file.lua';
import refundLua from './scripts/refund-generation.lua';

const intendScript = defineScript('intend_file', intendLua, 'money');
const bindScript = defineScript('bind_intent', bindLua, 'money');
const freeScript = defineScript('free_intent', freeLua, 'money');
const refundScript = defineScript('refund_generation', refundLua, 'money');
const doubtScript = defineScript('doubt_intent', doubtLua, 'money');
const fetchedScript = defineScript('note_fetched', fetchedLua, 'money');
const putBackScript = defineScript('put_back_file', putBackLua, 'common');
const workScript = defineScript('begin_work', workLua, 'none');

/** A paid submit is unanswered for at most so long, ms: the limit of the request and some for its bookkeeping. */
const wireLifeMs = 25_000;
const rowsPerRead = 1_000;

const intendReply = z.enum(['ok', 'state', 'held', 'fenced', 'lease', 'open', 'most', 'budget']);
const bindReply = z.enum(['ok', 'same', 'conflict', 'stale', 'unknown']);
const doubtReply = z.enum(['ok', 'fetched', 'bound', 'stale', 'again']);
const fetchedReply = z.enum(['ok', 'gone']);
const freedReply = z.tuple([z.enum(['ok', 'bound', 'stale']), z.int()]);
export type IntendReply = z.output<typeof intendReply>;
export type BindReply = z.output<typeof bindReply>;
export type DoubtReply = z.output<typeof doubtReply>;

/** The decision to send one paid submit. */
export interface Intent {
  intent: string;
  priceMicro: number;
  /** most submits of one run of the batch, the accepted and the doubtful ones */
  mostSubmits: number;
  /** as the provider sees it: unique for each intent */
  imageUrl: string;
  endpoint: string;
}

/** What a file's attempts paid for: every decision is durable before its submit, and nothing is decided twice. */
export class Ledger {
  constructor(private readonly redis: Redis) {}

  /**
   * What a claim of the file would find: nothing paid, an intent without an answer, or a generation.
   * @param gen of the message that asks; `stale` when nothing is paid and the file goes on under a later one
   */
  async peek(batchId: string, idx: number, gen?: number): Promise<'none' | 'open' | 'bound' | 'stale'> {
    const [intent, handle, now] = await this.redis.hmget(
      keys.attempt(batchId, idx),
      ...['intent', 'req', 'gen'],
    );
    if (!intent) return gen !== undefined && gen < Number(now ?? 0) ? 'stale' : 'none';
    return handle ? 'bound' : 'open';
  }

  /** The intent of a file as it stands now; null when nothing is paid or decided. */
  async paid(batchId: string, idx: number): Promise<PaidAttempt | null> {
    const fields = ['intent', 'intent_at', 'img', 'req', 'bound_at'] as const;
    const [intent, at, imageUrl, handle, boundAt] = await this.redis.hmget(
      keys.attempt(batchId, idx),
      ...fields,
    );
    if (!intent) return null;
    return {
      ...{ intent, intentAtMs: Number(at ?? 0), imageUrl: imageUrl ?? '', handle: handle ?? '' },
      boundAtMs: boundAt ? Number(boundAt) : null,
    };
  }

  /** The only gate in front of a paid call: send it only after `ok`, at once, and only once. */
  async intend(batchId: string, { idx, token }: Holding, request: Intent): Promise<IntendReply> {
    const { intent, priceMicro, mostSubmits, imageUrl, endpoint } = request;
    const args = ['', idx, token, intent, priceMicro, mostSubmits, imageUrl, endpoint];
    return intendReply.parse(await onceMore(() => this.run(intendScript, batchId, idx, args)));
  }

  /** @param generation what finds it again, as plain JSON with `requestId` and `endpoint` */
  async bind(
    batchId: string,
    idx: number,
    intent: string,
    generation: { requestId: string; endpoint: string },
  ): Promise<BindReply> {
    const args = ['', intent, generation.requestId, JSON.stringify(generation)];
    return bindReply.parse(await onceMore(() => this.run(bindScript, batchId, idx, args)));
  }

  /** Only with proof that nothing was accepted. */
  async free(batchId: string, idx: number, intent: string): Promise<'ok' | 'bound' | 'stale'> {
    const [status, lifted] = freedReply.parse(await this.run(freeScript, batchId, idx, [intent]));
    if (lifted === 1) await this.wake(batchId);
    return status;
  }

  /** The generation ended without being billed. */
  async refund(batchId: string, idx: number, intent: string): Promise<'ok' | 'bound' | 'stale'> {
    const [status, lifted] = freedReply.parse(await this.run(refundScript, batchId, idx, [intent]));
    if (lifted === 1) await this.wake(batchId);
    return status;
  }

  /**
   * Gives up on an intent without an answer; `fetched` says that its image was fetched, so it was accepted.
   * @param forOneMore the file is to be submitted again, which is done once and never after `fetched`
   */
  async doubt(batchId: string, idx: number, intent: string, forOneMore: boolean): Promise<DoubtReply> {
    return doubtReply.parse(await this.run(doubtScript, batchId, idx, [intent, forOneMore ? 1 : 0]));
  }

  /** The image of an intent was fetched. @returns false when its file has no use for that any more */
  async noteFetched(batchId: string, idx: number, intent: string): Promise<boolean> {
    return fetchedReply.parse(await this.run(fetchedScript, batchId, idx, ['', intent])) === 'ok';
  }

  /** The answer to a submit was lost: it is not on the wire any more. */
  async lost(batchId: string, intent: string): Promise<void> {
    await this.redis.zrem(keys.wire(batchId), intent);
  }

  /** Paid submits of a batch that are unanswered now. */
  async onTheWire(batchId: string, nowMs: number): Promise<number> {
    return this.redis.zcount(keys.wire(batchId), nowMs - wireLifeMs, '+inf');
  }

  /** The batch is held: the file goes to its redo list. @returns false when somebody else holds the file */
  async putBack(
    batchId: string,
    { idx, token }: Holding,
    waitingFor: { code: string; detail: string },
  ): Promise<boolean> {
    const names = [keys.batch, keys.states, keys.due].map((key) => key(batchId));
    names.push(keys.attempt(batchId, idx), keys.redo(batchId));
    const reply = await runScript(this.redis, putBackScript, names, [idx, token, JSON.stringify(waitingFor)]);
    if (reply === 'ok') await this.wake(batchId);
    return reply === 'ok';
  }

  /** From here on a death of the worker counts against the file. @returns false when somebody else holds it */
  async beginWork(batchId: string, { idx, token }: Holding): Promise<boolean> {
    return (await runScript(this.redis, workScript, [keys.attempt(batchId, idx)], [token])) === 'ok';
  }

  /** Every decision to pay of a batch, in no order, read in pages. */
  async *rows(batchId: string): AsyncGenerator<LedgerRow> {
    const seen = new Set<string>();
    for (let cursor = '0'; ;) {
      const [next, flat] = await this.redis.hscan(keys.ledger(batchId), cursor, 'COUNT', rowsPerRead);
      for (let at = 0; at + 1 < flat.length; at += 2) {
        const [intent = '', text = ''] = [flat[at], flat[at + 1]];
        // a hash that grows while it is scanned may tell a field twice
        if (seen.has(intent)) continue;
        seen.add(intent);
        yield { intent, ...rowSchema.parse(JSON.parse(text)) };
      }
      if (next === '0') return;
      cursor = next;
    }
  }

  /** Whether an intent still is the one of its file, and what it became; for slots whose owner may be gone. */
  async isLive(batchId: string, idx: number, intent: string): Promise<boolean> {
    const [open, out] = await this.redis.hmget(keys.attempt(batchId, idx), 'intent', 'out');
    return open === intent && !out;
  }

  private run(script: Script, batchId: string, idx: number, args: (string | number)[]): Promise<unknown> {
    const names = [keys.batch(batchId), keys.attempt(batchId, idx), keys.ledger(batchId), keys.wire(batchId)];
    return runScript(this.redis, script, names, args);
  }

  private async wake(batchId: string): Promise<void> {
    const batch = parseBatch(await this.redis.hgetall(keys.batch(batchId)));
    if (batch !== null) await enterLane(this.redis, batch.lane, batchId);
  }
}
