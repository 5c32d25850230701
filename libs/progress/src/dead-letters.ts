import { randomBytes } from 'node:crypto';
import { deadLetterStates } from '@image2model/contracts';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import {
  packDeadLetter,
  parseContent,
  parseDeadLetter,
  type DeadLetter,
  type DeadLetterContent,
  type DeadLetterRecord,
  type DeadLetterState,
} from './dead-letter-records.js';
import { defineScript, runScript } from './define-script.js';
import { keys } from './keys.js';
import addLua from './scripts/add-dead-letter.lua';
import moveLua from './scripts/move-dead-letter.lua';
import trimLua from './scripts/trim-dead-letters.lua';

const addScript = defineScript('add_dead_letter', addLua, 'deadLetters');
const moveScript = defineScript('move_dead_letter', moveLua, 'deadLetters');
const trimScript = defineScript('trim_dead_letters', trimLua, 'deadLetters');

/** What is kept; beyond it the closed ones go first. */
const keptByDefault = { entries: 10_000, bytes: 256 * 1_048_576 };
const perLook = 200;
/** So many entries a filtered page looks at before it answers with what it found. */
const mostLooked = 2_000;
const perTrim = 200;

const addReply = z
  .tuple([z.string(), z.int(), z.string()])
  .transform(([id, fresh, of]) => ({ id, fresh: fresh === 1, redriveOf: of === '' ? null : of }));
const moveReply = z.enum(['ok', 'missing', ...deadLetterStates]);
/** `ok`, or why nothing was done: it is gone, or in another state. */
export type MoveReply = z.output<typeof moveReply>;

interface Move {
  from: DeadLetterState;
  to: DeadLetterState;
  detail?: string;
  by?: string;
  repaired?: string | null;
  run?: number;
  retried?: boolean;
}
export interface DeadLetterFilter {
  queue?: string;
  /** how its reason begins */
  reason?: string;
  batchId?: string;
}

/** The list of messages that could not be handled: why, their content, and what became of them. */
export class DeadLetters {
  constructor(
    private readonly redis: Redis,
    private readonly kept = keptByDefault,
  ) {}

  /** @returns its id; `fresh` false when this delivery was listed before */
  async add(letter: DeadLetter): Promise<{ id: string; fresh: boolean; redriveOf: string | null }> {
    const { id, file, head, content } = packDeadLetter(letter);
    const other = `dl_${randomBytes(12).toString('hex')}`;
    const { entries, bytes } = this.kept;
    const seen = letter.redelivered ? 1 : 0;
    const args = [id, other, seen, head, content, file, letter.redriveOf ?? '', entries, bytes];
    return addReply.parse(await runScript(this.redis, addScript, listKeys, args));
  }

  async counts(): Promise<Record<DeadLetterState, number>> {
    const counts = await Promise.all(
      deadLetterStates.map(
        async (state) => [state, await this.redis.zcard(keys.deadLetters(state))] as const,
      ),
    );
    const zero = { open: 0, redriving: 0, redriven: 0, discarded: 0 };
    return counts.reduce((all, [state, count]) => ({ ...all, [state]: count }), zero);
  }

  /**
   * Newest first. A page may be short, even empty, and have a next one: it looks at 2,000 entries at most.
   * @param below `next` of the page before
   */
  async list(
    state: DeadLetterState,
    { limit, below, ...filter }: DeadLetterFilter & { limit: number; below?: string },
  ): Promise<{ letters: DeadLetterRecord[]; next: string | null }> {
    const letters: DeadLetterRecord[] = [];
    let next = below ?? '+inf';
    for (let looked = 0; looked < mostLooked;) {
      const page = await this.look(state, next, Math.min(perLook, limit + 1));
      for (const { score, letter } of page) {
        if (letters.length === limit) return { letters, next };
        if (letter !== null && fits(letter, filter)) letters.push(letter);
        next = score;
      }
      looked += page.length;
      if (page.length < Math.min(perLook, limit + 1)) return { letters, next: null };
    }
    return { letters, next };
  }

  async get(id: string): Promise<DeadLetterContent | null> {
    const [head, state, [content, repaired]] = await Promise.all([
      this.redis.hget(keys.deadLetterHeads(), id),
      this.redis.hget(keys.deadLetterStates(), id),
      this.redis.hmget(keys.deadLetterContents(), id, `${id}/repaired`),
    ]);
    const record = parseDeadLetter(id, head, state);
    if (record === null || content === null || content === undefined) return null;
    return { ...record, ...parseContent(content), repairedBody: repaired ?? null };
  }

  /** An open one is to be redriven; somebody must tell the orchestrator. @param repaired sent instead of its body */
  beginRedrive(
    id: string,
    { by, repaired = null }: { by: string; repaired?: string | null },
  ): Promise<MoveReply> {
    return this.move(id, { from: 'open', to: 'redriving', by, repaired });
  }

  /** A redrive that has to wait. @param run after which its file is retried now; absent: not yet */
  waits(id: string, detail: string, run?: number): Promise<MoveReply> {
    return this.move(id, {
      from: 'redriving',
      to: 'redriving',
      detail,
      ...(run === undefined ? {} : { run }),
    });
  }

  /** @param retried its file is tried again, so that the file's next dead letter is known as this one's redrive */
  redriven(id: string, detail: string, retried = false): Promise<MoveReply> {
    return this.move(id, { from: 'redriving', to: 'redriven', detail, retried });
  }

  /** The redrive came to nothing. */
  reopen(id: string, detail: string): Promise<MoveReply> {
    return this.move(id, { from: 'redriving', to: 'open', detail });
  }

  /** Nobody wants it any more; it stays listed. */
  discard(id: string, by: string): Promise<MoveReply> {
    return this.move(id, { from: 'open', to: 'discarded', by });
  }

  /** Forgets those that came before `olderThanMs` (ms since 1970). @returns how many */
  async trim(olderThanMs: number): Promise<number> {
    for (let gone = 0; ;) {
      const args = [olderThanMs * 1_000, perTrim];
      const now = z.int().parse(await runScript(this.redis, trimScript, listKeys, args));
      gone += now;
      if (now === 0) return gone;
    }
  }

  private async look(
    state: DeadLetterState,
    below: string,
    most: number,
  ): Promise<{ score: string; letter: DeadLetterRecord | null }[]> {
    const list = keys.deadLetters(state);
    const max = below === '+inf' ? below : `(${below}`;
    const found = await this.redis.zrevrangebyscore(list, max, '-inf', 'WITHSCORES', 'LIMIT', 0, most);
    const ids = found.filter((_, at) => at % 2 === 0);
    if (ids.length === 0) return [];
    const [heads, states] = await Promise.all([
      this.redis.hmget(keys.deadLetterHeads(), ...ids),
      this.redis.hmget(keys.deadLetterStates(), ...ids),
    ]);
    return ids.map((id, at) => ({
      score: found[2 * at + 1] ?? '',
      letter: parseDeadLetter(id, heads[at], states[at]),
    }));
  }

  private async move(id: string, { from, to, detail, by, repaired, run, retried }: Move): Promise<MoveReply> {
    const body = repaired === undefined ? '=' : (repaired ?? '');
    const args = [
      id,
      from,
      to,
      Date.now(),
      detail ?? '',
      by ?? '',
      body,
      run ?? '',
      retried === true ? 1 : 0,
    ];
    return moveReply.parse(await runScript(this.redis, moveScript, listKeys, args));
  }
}

const fits = (letter: DeadLetterRecord, { queue, reason, batchId }: DeadLetterFilter): boolean =>
  (batchId === undefined || letter.batchId === batchId) &&
  (queue === undefined || letter.queue === queue) &&
  (reason === undefined || letter.reason.startsWith(reason));

const listKeys = [
  keys.deadLetterMeta(),
  ...(['open', 'redriving', 'redriven', 'discarded'] as const).map((state) => keys.deadLetters(state)),
  keys.deadLetterHeads(),
  keys.deadLetterStates(),
  keys.deadLetterContents(),
  keys.deadLetterRetried(),
];
