import type { Redis } from 'ioredis';
import { attemptFields, fileStateOf, parseBatch, parseFile, stateBytes } from './batch-records.js';
import { copiedSoFar, defineScript, runScript } from './define-script.js';
import { keys } from './keys.js';
import activateLua from './scripts/activate-batch.lua';
import cancelLua from './scripts/request-cancel.lua';
import { idsBelow, type ListPosition } from './tenant-index.js';
import type {
  BatchRecord,
  BatchState,
  FileProgress,
  FileRecord,
  FileState,
  NewBatch,
  StagedFile,
} from './types.js';
import { stateReply } from './state-reply.js';
import { webhookFields } from './batch-webhook.js';

const activateScript = defineScript('activate_batch', activateLua, 'settle');
const cancelScript = defineScript('request_cancel', cancelLua, 'common');

/** Files staged with one pipeline: bounds memory however large the batch. */
const stageChunk = 1_000;

/** The gateway's side of Redis: staging, reading and cancelling batches. */
export class Batches {
  constructor(private readonly redis: Redis) {}

  /** Writes a batch that nobody sees yet. Files without entries are pending; ones with an error are failed. */
  async stage(batch: NewBatch, files: AsyncIterable<StagedFile> | Iterable<StagedFile>): Promise<void> {
    const head = this.redis.hset(keys.batch(batch.id), {
      id: batch.id,
      tenant: batch.tenant,
      ...(batch.name === null ? {} : { name: batch.name }),
      lane: batch.lane,
      provider: batch.provider,
      settings: JSON.stringify(batch.settings),
      total: batch.total,
      retention_h: batch.retentionHours,
      created_at: batch.createdAtMs,
      ...(batch.budgetMicro == null ? {} : { budget: batch.budgetMicro }),
      est: batch.estimatedMicro ?? 0,
      ...webhookFields(batch.webhook),
      ...(batch.traceparent === undefined ? {} : { traceparent: batch.traceparent }),
      state: 'staging',
      sealed: batch.sealed === false ? 0 : 1,
      run: 1,
      schema: 1,
    });
    const states = this.redis.set(keys.states(batch.id), stateBytes.pending.repeat(batch.total));
    await Promise.all([head, states]);
    let chunk: StagedFile[] = [];
    let from = 0;
    for await (const file of files) {
      chunk.push(file);
      if (chunk.length === stageChunk) {
        await this.stageFiles(batch, from, chunk);
        from += chunk.length;
        chunk = [];
      }
    }
    if (chunk.length > 0) await this.stageFiles(batch, from, chunk);
  }

  /** Opens a staged batch: it enters the indexes first, so that a crash in between leaves only harmless entries. */
  async activate(id: string): Promise<BatchState | 'missing'> {
    const batch = await this.read(id);
    if (batch === null) return 'missing';
    const { tenant, lane, createdAtMs } = batch;
    await Promise.all([
      this.redis.zadd(keys.active(), createdAtMs, id),
      this.redis.zadd(keys.lane(lane), createdAtMs, id),
      this.redis.zadd(keys.tenantBatches(tenant), createdAtMs, id),
    ]);
    const refused = await this.refusedFiles(batch);
    // before it runs: where replicas are missing, nothing is begun that would have to be taken back
    await copiedSoFar(this.redis);
    const names = [
      keys.batch(id),
      keys.states(id),
      keys.facts(id),
      keys.outbox(id),
      keys.due(id),
      keys.progress(id),
      keys.redo(id),
    ];
    return stateReply.parse(await runScript(this.redis, activateScript, names, ['', ...refused]));
  }

  /** Takes a staged batch back: after a failed acceptance nothing is left behind. */
  async dropStaged(id: string): Promise<void> {
    const batch = await this.read(id);
    if (batch !== null && batch.state !== 'staging')
      throw new Error(`${id} is ${batch.state}; only a staged batch can be dropped`);
    const attempts = Array.from({ length: batch?.total ?? 0 }, (_, idx) => keys.attempt(id, idx));
    for (let at = 0; at < attempts.length; at += stageChunk)
      await this.redis.unlink(...attempts.slice(at, at + stageChunk));
    await this.redis.unlink(keys.batch(id), keys.states(id), keys.sources(id));
    await this.redis.zrem(keys.active(), id);
    if (batch === null) return;
    await this.redis.zrem(keys.lane(batch.lane), id);
    await this.redis.zrem(keys.tenantBatches(batch.tenant), id);
  }

  async exists(id: string): Promise<boolean> {
    return (await this.redis.exists(keys.batch(id))) === 1;
  }

  /** Any batch, staged ones too. */
  async read(id: string): Promise<BatchRecord | null> {
    return parseBatch(await this.redis.hgetall(keys.batch(id)));
  }

  /** A batch as its owner may see it: absent, foreign and staged ones are all null. */
  async get(tenant: string, id: string): Promise<BatchRecord | null> {
    const batch = await this.read(id);
    return batch === null || batch.tenant !== tenant || batch.state === 'staging' ? null : batch;
  }

  /** Newest first. @param page.below the `next` of the page before; it need not exist any more */
  async list(
    tenant: string,
    page: { status?: (batch: BatchRecord) => boolean; limit: number; below?: ListPosition },
  ): Promise<{ batches: BatchRecord[]; next: ListPosition | null }> {
    const batches: BatchRecord[] = [];
    let below = page.below ?? null;
    for (;;) {
      const found = await idsBelow(this.redis, tenant, below, page.limit);
      const records = await Promise.all(found.map(({ id }) => this.get(tenant, id)));
      for (const [at, record] of records.entries()) {
        below = found[at] ?? below;
        if (record === null || !(page.status?.(record) ?? true)) continue;
        batches.push(record);
        if (batches.length === page.limit) {
          const more = await idsBelow(this.redis, tenant, below, 1);
          return { batches, next: more.length === 0 ? null : below };
        }
      }
      if (found.length < page.limit) return { batches, next: null };
    }
  }

  /** Files in ascending order from `from`. */
  async files(
    id: string,
    page: { states?: readonly FileState[]; limit: number; from: number },
  ): Promise<{ files: FileRecord[]; next: number | null }> {
    const found: { idx: number; byte: string }[] = [];
    let from = page.from;
    for (;;) {
      const bytes = await this.redis.getrange(keys.states(id), from, from + 9_999);
      for (let at = 0; at < bytes.length; at += 1) {
        const byte = bytes.charAt(at);
        const state = fileStateOf(byte);
        if (state === undefined || !(page.states?.includes(state) ?? true)) continue;
        if (found.length === page.limit) return { files: await this.readFiles(id, found), next: from + at };
        found.push({ idx: from + at, byte });
      }
      if (bytes.length < 10_000) return { files: await this.readFiles(id, found), next: null };
      from += bytes.length;
    }
  }

  async file(id: string, idx: number): Promise<FileRecord | null> {
    const byte = await this.redis.getrange(keys.states(id), idx, idx);
    if (byte === '') return null;
    return (await this.readFiles(id, [{ idx, byte }]))[0] ?? null;
  }

  /** O(1): from the answer on no claim of this batch succeeds. @returns the state afterwards */
  async requestCancel(id: string): Promise<BatchState | null> {
    const state = stateReply.parse(await runScript(this.redis, cancelScript, [keys.batch(id)], ['']));
    return state === 'missing' ? null : state;
  }

  /** The latest progress of each running file. */
  async progress(id: string): Promise<FileProgress[]> {
    return Object.entries(await this.redis.hgetall(keys.progress(id))).map(([idx, text]) => {
      const [percent, stage] = text.split(':');
      return { idx: Number(idx), percent: Number(percent), stage: stage ?? '' };
    });
  }

  private async stageFiles(batch: NewBatch, from: number, files: readonly StagedFile[]): Promise<void> {
    const pipeline = this.redis.pipeline();
    pipeline.rpush(
      keys.sources(batch.id),
      ...files.map(({ source }) => (source === null ? '' : JSON.stringify(source))),
    );
    let failed = 0;
    files.forEach(({ error }, at) => {
      if (error === undefined) return;
      failed += 1;
      pipeline.setrange(keys.states(batch.id), from + at, stateBytes.failed);
      pipeline.hset(keys.attempt(batch.id, from + at), {
        out: 'F',
        res: JSON.stringify(error),
        ended_at: batch.createdAtMs,
      });
    });
    if (failed > 0) pipeline.hincrby(keys.batch(batch.id), 'nF', failed);
    const replies = await pipeline.exec();
    const broken = replies?.find(([error]) => error !== null);
    if (broken?.[0]) throw broken[0];
  }

  /** idx and error of each file that was refused at the door, flat, for the facts. */
  private async refusedFiles(batch: BatchRecord): Promise<(string | number)[]> {
    const states = batch.counts.failed === 0 ? '' : ((await this.redis.get(keys.states(batch.id))) ?? '');
    const refused = [...states].flatMap((byte, idx) => (byte === stateBytes.failed ? [idx] : []));
    const errors = await Promise.all(
      refused.map((idx) => this.redis.hget(keys.attempt(batch.id, idx), 'res')),
    );
    return refused.flatMap((idx, at) => [idx, errors[at] ?? '']);
  }

  private async readFiles(
    id: string,
    found: readonly { idx: number; byte: string }[],
  ): Promise<FileRecord[]> {
    const first = found[0]?.idx;
    const last = found.at(-1)?.idx;
    if (first === undefined || last === undefined) return [];
    const dense = last - first < 4 * found.length;
    const [sources, attempts, progress] = await Promise.all([
      dense
        ? this.redis
            .lrange(keys.sources(id), first, last)
            .then((list) => found.map(({ idx }) => list[idx - first]))
        : Promise.all(found.map(({ idx }) => this.redis.lindex(keys.sources(id), idx))),
      Promise.all(found.map(({ idx }) => this.redis.hmget(keys.attempt(id, idx), ...attemptFields))),
      this.redis.hmget(keys.progress(id), ...found.map(({ idx }) => String(idx))),
    ]);
    return found.map(({ idx, byte }, at) =>
      parseFile({ idx, byte, source: sources[at], attempt: attempts[at] ?? [], progress: progress[at] }),
    );
  }
}
