import type { FailureKind } from '@image2model/contracts';
import { Coalescer } from '@image2model/service-kit';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { defineScript, onceMore, runScript } from './define-script.js';
import { keys } from './keys.js';
import claimLua from './scripts/claim-files.lua';
import concludeLua from './scripts/conclude-files.lua';
import countLua from './scripts/count-failure.lua';
import parkLua from './scripts/park-file.lua';
import releaseLua from './scripts/release-file.lua';
import renewLua from './scripts/renew-leases.lua';
import progressLua from './scripts/write-progress.lua';
import type { BatchState, Conclusion, FileProgress } from './types.js';
import { stateReply } from './state-reply.js';

const claimScript = defineScript('claim_files', claimLua, 'common');
const renewScript = defineScript('renew_leases', renewLua, 'common');
const concludeScript = defineScript('conclude_files', concludeLua, 'common');
const releaseScript = defineScript('release_file', releaseLua, 'common');
const countScript = defineScript('count_failure', countLua, 'common');
const parkScript = defineScript('park_file', parkLua, 'common');
const progressScript = defineScript('write_progress', progressLua, 'common');

/** How long a claim holds without renewal unless ConnectOptions say otherwise, ms; workers renew every third of it. */
const defaultLeaseMs = 30_000;
/** Takeovers of unreleased leases after which a file is poison. */
const crashLimit = 5;
/** Calls of one kind and batch at once: what comes meanwhile gathers for the next, so busy workers run few large scripts. */
const inFlight = 1;
/** How long the orchestrator has to settle a concluded file before the reconciler does, ms. */
const settleWithinMs = 5_000;

export interface ClaimRequest {
  idx: number;
  messageId: string;
  gen: number;
  redelivered: boolean;
  worker: string;
}
/** What an earlier attempt on a file left: an intent, and the generation it became if that is known. */
export interface PaidAttempt {
  intent: string;
  intentAtMs: number;
  imageUrl: string;
  /** JSON as it was bound; empty while nobody knows what became of the intent */
  handle: string;
  boundAtMs: number | null;
}
export type ClaimReply =
  | { status: 'nobatch' | 'done' | 'concluded' | 'stopped' | 'stale' | 'held' }
  | { status: 'busy'; restMs: number }
  | { status: 'poison'; token: string }
  /** `paid` is there when an earlier attempt left an intent */
  | { status: 'ok'; token: string; attempts: number; paid?: PaidAttempt };

const claimReply = z.union([
  z
    .tuple([z.enum(['nobatch', 'done', 'concluded', 'stopped', 'stale', 'held'])])
    .transform(([status]) => ({ status })),
  z.tuple([z.literal('busy'), z.coerce.number()]).transform(([status, restMs]) => ({ status, restMs })),
  z.tuple([z.literal('poison'), z.string()]).transform(([status, token]) => ({ status, token })),
  z
    .tuple([z.literal('ok'), z.string(), z.int()])
    .transform(([status, token, attempts]) => ({ status, token, attempts })),
  z
    .tuple([
      z.literal('ok'),
      z.string(),
      z.int(),
      z.string(),
      z.coerce.number(),
      z.string(),
      z.string(),
      z.string(),
    ])
    .transform(([status, token, attempts, intent, intentAtMs, imageUrl, handle, boundAt]) => ({
      status,
      token,
      attempts,
      paid: { intent, intentAtMs, imageUrl, handle, boundAtMs: boundAt === '' ? null : Number(boundAt) },
    })),
]);

/** A claim whose answer was lost is this message's own, should it have been given: nobody else has to wait for its lease. */
const asOwn = (request: ClaimRequest): ClaimRequest => ({ ...request, redelivered: true });

export interface Holding {
  idx: number;
  token: string;
}
export type ConcludeStatus = 'ok' | 'concluded' | 'settled' | 'fenced' | 'refused' | 'nobatch';
const concludeReply = z.array(z.enum(['ok', 'concluded', 'settled', 'fenced', 'refused', 'nobatch']));
const letters = { completed: 'S', failed: 'F', cancelled: 'X' } as const;

/** What a conclusion keeps: the model, the error, or nothing. */
const resultText = (conclusion: Conclusion): string => {
  if (conclusion.outcome === 'completed')
    return conclusion.model === null ? '' : JSON.stringify(conclusion.model);
  return conclusion.outcome === 'failed' ? JSON.stringify(conclusion.error) : '';
};

/** The worker's side of Redis: attempts on files, each write fenced by the claim's token. */
export class Attempts {
  private readonly claims: Coalescer<ClaimRequest, ClaimReply>;
  private readonly conclusions: Coalescer<Holding & { conclusion: Conclusion }, ConcludeStatus>;

  constructor(
    private readonly redis: Redis,
    private readonly leaseMs: number = defaultLeaseMs,
  ) {
    this.claims = new Coalescer(
      (id, items) => onceMore((before) => this.claimMany(id, before ? items.map(asOwn) : items)),
      { inFlight },
    );
    this.conclusions = new Coalescer((id, items) => onceMore(() => this.concludeMany(id, items)), {
      inFlight,
    });
  }

  /** Claims of one turn of the event loop and one batch go out as one script. */
  claim(batchId: string, request: ClaimRequest): Promise<ClaimReply> {
    return this.claims.add(batchId, request);
  }

  /** The end of an attempt; `ok` and `concluded` both mean: publish file.settled. */
  conclude(batchId: string, holding: Holding, conclusion: Conclusion): Promise<ConcludeStatus> {
    return this.conclusions.add(batchId, { ...holding, conclusion });
  }

  /** Prolongs the leases of one batch. `lost` lists what somebody else holds now. */
  async renew(
    batchId: string,
    held: readonly Holding[],
  ): Promise<{ state: BatchState | 'missing'; lost: number[] }> {
    const [state, ...status] = z
      .array(z.string())
      .parse(
        await runScript(
          this.redis,
          renewScript,
          [
            keys.batch(batchId),
            keys.states(batchId),
            keys.due(batchId),
            ...held.map(({ idx }) => keys.attempt(batchId, idx)),
          ],
          ['', this.leaseMs, ...held.flatMap(({ idx, token }) => [idx, token])],
        ),
      );
    return {
      state: parseState(state),
      lost: held.filter((_, at) => status[at] !== 'ok').map(({ idx }) => idx),
    };
  }

  /** The state alone, for workers that look whether a batch was cancelled. */
  async batchState(batchId: string): Promise<BatchState | 'missing'> {
    return parseState((await this.redis.hget(keys.batch(batchId), 'state')) ?? 'missing');
  }

  /** Whether files of a batch may be claimed that nothing was paid for: it runs and is not held. */
  async mayStart(batchId: string): Promise<boolean> {
    const [state, hold] = await this.redis.hmget(keys.batch(batchId), 'state', 'hold');
    return state === 'running' && !hold;
  }

  /** Unclaimed files whose messages wait in a worker: nobody needs to look after them until `dueInMs` have passed. */
  async touch(batchId: string, files: readonly number[], dueInMs: number): Promise<void> {
    if (files.length === 0) return;
    const at = Date.now() + dueInMs;
    await this.redis.zadd(keys.due(batchId), 'XX', 'GT', ...files.flatMap((idx) => [at, String(idx)]));
  }

  async release(batchId: string, { idx, token }: Holding): Promise<boolean> {
    return (await this.onAttempt(releaseScript, batchId, idx, ['', idx, token])) === 'ok';
  }

  /** @returns tries of that kind so far, or undefined when somebody else holds the file */
  async countFailure(
    batchId: string,
    { idx, token }: Holding,
    kind: FailureKind,
  ): Promise<number | undefined> {
    const reply = await runScript(
      this.redis,
      countScript,
      [keys.batch(batchId), keys.states(batchId), keys.attempt(batchId, idx)],
      [token, kind],
    );
    return reply === 'fenced' ? undefined : z.coerce.number().parse(reply);
  }

  /**
   * @param refund the claim used no attempt up
   * @returns the gen of the message that may wake the file, or undefined when somebody else holds it
   */
  async park(
    batchId: string,
    { idx, token }: Holding,
    delayMs: number,
    waitingFor: { code: string; detail: string },
    { refund = false }: { refund?: boolean } = {},
  ): Promise<number | undefined> {
    const reply = await this.onAttempt(parkScript, batchId, idx, [
      '',
      idx,
      token,
      delayMs,
      JSON.stringify(waitingFor),
      refund ? 1 : 0,
    ]);
    return reply === 'fenced' ? undefined : z.coerce.number().parse(reply);
  }

  /** The latest progress of running files; overwrites what was there. Files that do not run any more are left out. */
  async writeProgress(batchId: string, files: readonly FileProgress[]): Promise<void> {
    if (files.length === 0) return;
    const names = [keys.batch(batchId), keys.states(batchId), keys.progress(batchId)];
    const args = files.flatMap(({ idx, percent, stage }) => [idx, `${percent}:${stage}`]);
    await runScript(this.redis, progressScript, names, args);
  }

  private onAttempt(
    script: Parameters<typeof runScript>[1],
    batchId: string,
    idx: number,
    args: (string | number)[],
  ): Promise<unknown> {
    const names = [keys.batch(batchId), keys.states(batchId), keys.due(batchId), keys.attempt(batchId, idx)];
    return runScript(this.redis, script, names, args);
  }

  private async claimMany(batchId: string, items: ClaimRequest[]): Promise<ClaimReply[]> {
    const names = [keys.batch, keys.states, keys.facts, keys.due, keys.redo].map((key) => key(batchId));
    const reply = await runScript(
      this.redis,
      claimScript,
      [...names, ...items.map(({ idx }) => keys.attempt(batchId, idx))],
      [
        '',
        items[0]?.worker ?? '',
        this.leaseMs,
        crashLimit,
        ...items.flatMap((item) => [item.idx, item.messageId, item.gen, item.redelivered ? 1 : 0]),
      ],
    );
    return z.array(claimReply).parse(reply);
  }

  private async concludeMany(
    batchId: string,
    items: (Holding & { conclusion: Conclusion })[],
  ): Promise<ConcludeStatus[]> {
    const names = [keys.batch(batchId), keys.states(batchId), keys.due(batchId)];
    const reply = await runScript(
      this.redis,
      concludeScript,
      [...names, ...items.map(({ idx }) => keys.attempt(batchId, idx))],
      [
        '',
        settleWithinMs,
        ...items.flatMap(({ idx, token, conclusion }) => [
          idx,
          token,
          letters[conclusion.outcome],
          resultText(conclusion),
        ]),
      ],
    );
    return concludeReply.parse(reply);
  }
}

function parseState(text: string | undefined): BatchState | 'missing' {
  return stateReply.parse(text);
}
