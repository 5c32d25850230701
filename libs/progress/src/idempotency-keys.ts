import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { defineScript, runScript } from './define-script.js';
import { keys } from './keys.js';
import abandonLua from './scripts/abandon-batch.lua';
import beginLua from './scripts/begin-keyed.lua';
import endLua from './scripts/end-keyed.lua';
import keepLua from './scripts/keep-keyed.lua';

const beginScript = defineScript('begin_keyed', beginLua, 'common');
const keepScript = defineScript('keep_keyed', keepLua, 'common');
const endScript = defineScript('end_keyed', endLua, 'none');
const abandonScript = defineScript('abandon_batch', abandonLua, 'none');

/** A key is a tenant's own: others may use the same text. */
export interface IdempotencyKey {
  tenant: string;
  key: string;
}

/** What the request was and what it was answered, as text. */
export interface KeyedAnswer {
  bodyHash: string;
  answer: string;
}

type KeyedBegin =
  /** `replaced`: the batch of a request that died with the key; it can never become active, its remains may go */
  | { status: 'began'; replaced: string | null }
  | { status: 'busy'; againMs: number }
  | ({ status: 'accepted'; batchId: string } & KeyedAnswer);

/** How long a key is remembered, from the acceptance of its batch. */
const keptMs = 24 * 3_600_000;
const leaseMs = 60_000;
/** Each round finds what another process has just changed; more than a few mean that something is wrong. */
const mostRounds = 5;

const beginReply = z.tuple([
  z.enum(['began', 'busy', 'unsure', 'accepted']),
  z.string(),
  z.string(),
  z.string(),
  z.int(),
]);
const endReply = z.enum(['accepted', 'freed']);
const abandonReply = z.enum(['active', 'abandoned']);

/**
 * At most one active batch for a tenant's key. The record names the batch before it can be activated; who takes a dead
 * request's key over first makes sure that its batch is not active and never will be.
 */
export class IdempotencyKeys {
  /** @param lease how long a request holds its key without renewal, ms */
  constructor(
    private readonly redis: Redis,
    private readonly lease: number = leaseMs,
  ) {}

  /** A request that is at work renews so often that its lease outlasts a few failures. */
  get renewEveryMs(): number {
    return this.lease / 4;
  }

  /** @param batchId of the batch that the request is going to create */
  async begin(key: IdempotencyKey, batchId: string): Promise<KeyedBegin> {
    let dead = '';
    for (let round = 0; round < mostRounds; round += 1) {
      const args = ['', batchId, this.lease, keptMs, dead];
      const reply = beginReply.parse(await runScript(this.redis, beginScript, [nameOf(key)], args));
      const [status, other, bodyHash, answer, againMs] = reply;
      if (status === 'began') return { status, replaced: other === '' ? null : other };
      if (status === 'busy') return { status, againMs };
      if (status === 'accepted') return { status, batchId: other, bodyHash, answer };
      // its request died between the record and the answer: the batch itself tells on which side
      if ((await this.abandon(other)) === 'active') await this.end(key, other, 'accepted');
      else dead = other;
    }
    return { status: 'busy', againMs: 1_000 };
  }

  /** The request is still at work. @returns false when another one has the key now */
  async renew(key: IdempotencyKey, batchId: string): Promise<boolean> {
    const args = ['', batchId, this.lease, keptMs];
    return (await runScript(this.redis, keepScript, [nameOf(key)], args)) === 1;
  }

  /**
   * The step before the activation of a staged batch: from now on a repeat gets this answer if the batch is active.
   * @returns false when another request has the key: then the batch must not be activated
   */
  async prepare(key: IdempotencyKey, batchId: string, { bodyHash, answer }: KeyedAnswer): Promise<boolean> {
    const args = ['', batchId, this.lease, keptMs, bodyHash, answer];
    return (await runScript(this.redis, keepScript, [nameOf(key)], args)) === 1;
  }

  /** The batch is active: repeats get their answer at once. */
  async accept(key: IdempotencyKey, batchId: string): Promise<void> {
    await this.end(key, batchId, 'accepted');
  }

  /**
   * The request failed: the same one may be tried again.
   * @returns false when the batch became active all the same: it stays, and a repeat gets its answer
   */
  async free(key: IdempotencyKey, batchId: string): Promise<boolean> {
    const active = (await this.abandon(batchId)) === 'active';
    return (await this.end(key, batchId, active ? 'accepted' : 'freed')) === 'freed';
  }

  private async abandon(batchId: string): Promise<z.output<typeof abandonReply>> {
    const names = [keys.batch(batchId), keys.tombstone(batchId)];
    return abandonReply.parse(await runScript(this.redis, abandonScript, names, []));
  }

  private async end(
    key: IdempotencyKey,
    batchId: string,
    verdict: z.output<typeof endReply>,
  ): Promise<z.output<typeof endReply>> {
    const args = [batchId, verdict, keptMs];
    return endReply.parse(await runScript(this.redis, endScript, [nameOf(key)], args));
  }
}

/** A key may be long and hold any character; its hash is neither. */
const nameOf = ({ tenant, key }: IdempotencyKey): string =>
  keys.idempotency(tenant, createHash('sha256').update(key).digest('hex'));
