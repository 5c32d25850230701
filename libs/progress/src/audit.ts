import type { Redis } from 'ioredis';
import { z } from 'zod';
import { errorSchema, fileStateOf, modelSchema, sourceSchema } from './batch-records.js';
import { defineScript, runScript } from './define-script.js';
import { keys } from './keys.js';
import snapshotLua from './scripts/snapshot-batch.lua';
import type { BatchState, FileError, FileState, ModelResult } from './types.js';

const snapshotScript = defineScript('snapshot_batch', snapshotLua, 'none');
const factsPerRead = 1_000;

/** What an audit compares, of one moment. */
export interface BatchSnapshot {
  state: BatchState;
  run: number;
  total: number;
  /** the counters, a cache of `states` */
  counters: { running: number; completed: number; failed: number; cancelled: number };
  /** the state of each file; undefined for a byte that means nothing */
  states: (FileState | undefined)[];
  /** whether the broker confirmed the completion of a run */
  notified: boolean;
  outboxRows: number;
  /** `0-0` when there is none */
  lastFactId: string;
  /** what the generations cost, and what is set aside for submits under way; in millionths of a dollar */
  spentMicro: number;
  reservedMicro: number;
}

const whole = z.coerce.number().int();
const snapshotReply = z
  .tuple([
    z.enum(['staging', 'running', 'cancelling', 'completed', 'partial', 'failed', 'cancelled']),
    whole,
    whole,
    whole,
    whole,
    whole,
    whole,
    z.string(),
    z.int(),
    z.string(),
    z.string(),
    whole,
    whole,
  ])
  .transform(
    ([
      state,
      run,
      total,
      nR,
      nS,
      nF,
      nX,
      notifiedAt,
      outboxRows,
      lastFactId,
      states,
      ...money
    ]): BatchSnapshot => ({
      state,
      run,
      total,
      counters: { running: nR, completed: nS, failed: nF, cancelled: nX },
      states: Array.from(states, fileStateOf),
      notified: notifiedAt !== '',
      outboxRows,
      lastFactId,
      spentMicro: money[0],
      reservedMicro: money[1],
    }),
  );

/** A fact that ends something: a file's terminal state, or the completion of a run. */
export type EndingFact =
  { of: 'file'; idx: number; state: FileState } | { of: 'batch'; run: number; status: string };
const completionDetail = z.object({ run: z.number(), status: z.string() });

/** How the attempts on a file were concluded; `broken` when what is stored cannot be read. */
export interface StoredConclusion {
  outcome: FileState | null;
  model: ModelResult | null;
  error: FileError | null;
  broken: boolean;
}

/** Reads of a batch for its self-audit: the stored things themselves, not what the counters say of them. */
export class BatchAudits {
  constructor(private readonly redis: Redis) {}

  async snapshot(id: string): Promise<BatchSnapshot | null> {
    const names = [keys.batch(id), keys.states(id), keys.facts(id), keys.outbox(id)];
    const reply = await runScript(this.redis, snapshotScript, names, []);
    return Array.isArray(reply) && reply.length === 0 ? null : snapshotReply.parse(reply);
  }

  /** The ending facts up to one, oldest first, read in pages. */
  async *endings(id: string, lastFactId: string): AsyncGenerator<EndingFact> {
    for (let from = '-'; ;) {
      const entries = await this.redis.xrange(keys.facts(id), from, lastFactId, 'COUNT', factsPerRead);
      for (const [, fields] of entries) {
        const fact = endingOf(fields);
        if (fact !== null) yield fact;
      }
      const last = entries.at(-1);
      if (last === undefined || entries.length < factsPerRead) return;
      from = `(${last[0]}`;
    }
  }

  /** The conclusions of these files, in their order. */
  async conclusions(id: string, files: readonly number[]): Promise<StoredConclusion[]> {
    const found = await Promise.all(
      files.map((idx) => this.redis.hmget(keys.attempt(id, idx), 'out', 'res')),
    );
    return found.map(([out, res]) => conclusionOf(out ?? null, res ?? ''));
  }

  /** The names of the sources from `from` to `to` (exclusive); null for a file without a source, or one that cannot be read. */
  async sourceNames(id: string, from: number, to: number): Promise<(string | null)[]> {
    const texts = await this.redis.lrange(keys.sources(id), from, to - 1);
    return texts.map((text) => sourceSchema.safeParse(parsedOrUndefined(text)).data?.name ?? null);
  }
}

function endingOf(fields: readonly string[]): EndingFact | null {
  const map = new Map<string, string>();
  for (let at = 0; at + 1 < fields.length; at += 2) map.set(fields[at] ?? '', fields[at + 1] ?? '');
  const type = map.get('t');
  if (type === 'B') return { of: 'batch', ...completionDetail.parse(JSON.parse(map.get('d') ?? 'null')) };
  const state = fileStateOf(type);
  return state === undefined || state === 'running' ? null : { of: 'file', idx: Number(map.get('i')), state };
}

function conclusionOf(out: string | null, res: string): StoredConclusion {
  const outcome = fileStateOf(out ?? undefined) ?? null;
  const stored = { outcome, model: null, error: null, broken: false };
  if (res === '') return stored;
  const json = parsedOrUndefined(res);
  if (outcome === 'completed') {
    const model = modelSchema.safeParse(json);
    return { ...stored, model: model.data ?? null, broken: !model.success };
  }
  const error = errorSchema.safeParse(json);
  return { ...stored, error: error.data ?? null, broken: outcome === 'failed' && !error.success };
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // which no schema takes
  }
}
