import { Coalescer } from '@image2model/service-kit';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { defineScript, runScript, type Script } from './define-script.js';
import { keys } from './keys.js';
import ackLua from './scripts/ack-outbox.lua';
import advanceLua from './scripts/advance-cursor.lua';
import redoneLua from './scripts/advance-redo.lua';
import unheldLua from './scripts/cancel-unheld.lua';
import waitingLua from './scripts/cancel-waiting.lua';
import condemnLua from './scripts/condemn-file.lua';
import finishLua from './scripts/finish-files.lua';
import recountLua from './scripts/recount-batch.lua';
import reissueLua from './scripts/reissue-file.lua';
import { leaveActive } from './active-index.js';
import { enterExpiry } from './expiry-index.js';
import type { FileError } from './types.js';

const finishScript = defineScript('finish_files', finishLua, 'settle');
const condemnScript = defineScript('condemn_file', condemnLua, 'settle');
const waitingScript = defineScript('cancel_waiting', waitingLua, 'settle');
const unheldScript = defineScript('cancel_unheld', unheldLua, 'settle');
const recountScript = defineScript('recount_batch', recountLua, 'settle');
const advanceScript = defineScript('advance_cursor', advanceLua, 'common');
const reissueScript = defineScript('reissue_file', reissueLua, 'common');
const redoneScript = defineScript('advance_redo', redoneLua, 'common');
const ackScript = defineScript('ack_outbox', ackLua, 'common');

export interface FinishReply {
  completed: number;
  failed: number;
  cancelled: number;
  /** settled before this call */
  repeated: number;
  /** named, but not concluded */
  open: number;
  ended: boolean;
  state: string;
  /** its webhook wants to hear of files */
  tellsFiles: boolean;
}
const finishReply = z
  .tuple([z.int(), z.int(), z.int(), z.int(), z.int(), z.int(), z.string(), z.int()])
  .transform(([completed, failed, cancelled, repeated, open, ended, state, tells]) => ({
    completed,
    failed,
    cancelled,
    repeated,
    open,
    ended: ended === 1,
    state,
    tellsFiles: tells === 1,
  }));

/** A completion that waits to be relayed. */
export interface OutboxRow {
  eventId: string;
  run: number;
  status: 'completed' | 'partial' | 'failed' | 'cancelled';
  total: number;
  completed: number;
  failed: number;
  cancelled: number;
  finishedAtMs: number;
}
const outboxBody = z.object({
  run: z.int(),
  status: z.enum(['completed', 'partial', 'failed', 'cancelled']),
  total: z.int(),
  completed: z.int(),
  failed: z.int(),
  cancelled: z.int(),
  finishedAt: z.number(),
});

export type ReissueReply =
  { do: 'gone' | 'concluded' | 'held' | 'waiting' } | { do: 'reissue'; gen: number; copy: number };
const reissueReply = z.union([
  z.tuple([z.enum(['gone', 'concluded', 'held', 'waiting'])]).transform(([action]) => ({ do: action })),
  z
    .tuple([z.literal('reissue'), z.coerce.number(), z.int()])
    .transform(([action, gen, copy]) => ({ do: action, gen, copy })),
]);

const flag = z.int().transform((value) => value === 1);

/** The orchestrator's side of Redis: terminal states, counters, fan-out cursor, outbox. */
export class Settlements {
  private readonly finishes: Coalescer<readonly number[], FinishReply>;

  constructor(private readonly redis: Redis) {
    this.finishes = new Coalescer((id, items) => this.finishMany(id, items), { most: 8, inFlight: 1 });
  }

  /** Settles concluded files; what comes while a script of the batch is under way gathers for the next one. */
  finish(batchId: string, files: readonly number[]): Promise<FinishReply> {
    return this.finishes.add(batchId, files);
  }

  /** Fails a file that nobody will finish. */
  async condemn(
    batchId: string,
    idx: number,
    error: FileError & { kind: string },
  ): Promise<{ status: string; ended: boolean }> {
    const [status, ended] = z
      .tuple([z.string(), flag])
      .parse(
        await this.run(
          condemnScript,
          batchId,
          [keys.attempt(batchId, idx)],
          ['', idx, JSON.stringify(error)],
        ),
      );
    return { status, ended };
  }

  /** Cancels up to `most` files that nobody started; call until `done`. */
  async cancelWaiting(
    batchId: string,
    most: number,
  ): Promise<{ cancelled: number; done: boolean; ended: boolean }> {
    const [cancelled, cursor, total, ended] = z
      .tuple([z.int(), z.int(), z.int(), flag])
      .parse(await this.run(waitingScript, batchId, [], ['', most]));
    return { cancelled, done: cursor >= total, ended };
  }

  /** Ends started files of a cancelling batch that no live worker holds. @returns `open`: those with an intent or a generation, which a worker must end */
  async cancelUnheld(
    batchId: string,
    files: readonly number[],
  ): Promise<{ settled: number; held: number; ended: boolean; open: number[] }> {
    const [settled, held, ended, open] = z.tuple([z.int(), z.int(), flag, z.array(z.int())]).parse(
      await this.run(
        unheldScript,
        batchId,
        files.map((idx) => keys.attempt(batchId, idx)),
        ['', ...files],
      ),
    );
    return { settled, held, ended, open };
  }

  /** Corrects the counters from the states. */
  async recount(batchId: string): Promise<{ wrong: number; ended: boolean }> {
    const [wrong, ended] = z.tuple([z.int(), flag]).parse(await this.run(recountScript, batchId, [], ['']));
    return { wrong, ended };
  }

  /** @returns false when another dispatcher moved the cursor */
  async advance(batchId: string, from: number, to: number, dueInMs: number): Promise<boolean> {
    const names = [keys.batch(batchId), keys.states(batchId), keys.due(batchId)];
    return (await runScript(this.redis, advanceScript, names, [from, to, dueInMs, ''])) === 1;
  }

  /** Takes files off the redo list whose messages are confirmed. @returns how many nobody put there again meanwhile */
  async redone(
    batchId: string,
    files: readonly { idx: number; place: number }[],
    dueInMs: number,
  ): Promise<number> {
    const names = [keys.batch(batchId), keys.states(batchId), keys.due(batchId), keys.redo(batchId)];
    const args = files.flatMap(({ idx, place }) => [idx, place]);
    return z.int().parse(await runScript(this.redis, redoneScript, names, ['', dueInMs, ...args]));
  }

  /**
   * @param unclaimed whether a file that nobody claimed yet may be published again
   * @param atMostEveryMs `waiting` when its last further copy is younger
   */
  async reissue(
    batchId: string,
    idx: number,
    dueInMs: number,
    unclaimed: boolean,
    atMostEveryMs = 0,
  ): Promise<ReissueReply> {
    const names = [keys.batch(batchId), keys.states(batchId), keys.due(batchId), keys.attempt(batchId, idx)];
    return reissueReply.parse(
      await runScript(this.redis, reissueScript, names, ['', idx, dueInMs, unclaimed ? 1 : 0, atMostEveryMs]),
    );
  }

  /** Files whose due time lies before `beforeMs` (Redis's clock), the most overdue first. */
  async overdue(batchId: string, beforeMs: number, most: number): Promise<number[]> {
    return (await this.redis.zrangebyscore(keys.due(batchId), '-inf', beforeMs, 'LIMIT', 0, most)).map(
      Number,
    );
  }

  async outbox(batchId: string): Promise<OutboxRow[]> {
    const rows = await this.redis.hgetall(keys.outbox(batchId));
    return Object.entries(rows).map(([eventId, text]) => {
      const { finishedAt, ...body } = outboxBody.parse(JSON.parse(text));
      return { eventId, ...body, finishedAtMs: finishedAt };
    });
  }

  /** After the broker confirmed the completion: the row goes, and the batch leaves the reconciler's index. */
  async ackOutbox(batchId: string, eventId: string): Promise<void> {
    const score = await this.redis.zscore(keys.active(), batchId);
    const names = [keys.batch(batchId), keys.outbox(batchId)];
    const left = z.int().parse(await runScript(this.redis, ackScript, names, [eventId, '']));
    if (left > 0) return;
    await enterExpiry(this.redis, batchId); // first: while the batch is in the other index, somebody comes by again
    await leaveActive(this.redis, batchId, score);
  }

  private async finishMany(batchId: string, items: (readonly number[])[]): Promise<FinishReply[]> {
    const files = [...new Set(items.flat())];
    const reply = await this.run(
      finishScript,
      batchId,
      files.map((idx) => keys.attempt(batchId, idx)),
      ['', ...files],
    );
    const parsed = finishReply.parse(reply);
    // the counts belong to the call as a whole: the first caller reports them, the others only that it happened
    const none = { ...parsed, completed: 0, failed: 0, cancelled: 0, repeated: 0, open: 0 };
    return items.map((_, at) => (at === 0 ? parsed : none));
  }

  private run(script: Script, batchId: string, more: string[], args: (string | number)[]): Promise<unknown> {
    const names = [
      keys.batch(batchId),
      keys.states(batchId),
      keys.facts(batchId),
      keys.outbox(batchId),
      keys.due(batchId),
      keys.progress(batchId),
      keys.redo(batchId),
    ];
    return runScript(this.redis, script, [...names, ...more], args);
  }
}
