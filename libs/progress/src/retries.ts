import type { Redis } from 'ioredis';
import { z } from 'zod';
import { enterActive, enterLane } from './active-index.js';
import { parseBatch } from './batch-records.js';
import { defineScript, runScript } from './define-script.js';
import { keys } from './keys.js';
import askLua from './scripts/ask-retry.lua';
import beginLua from './scripts/begin-retry.lua';
import chooseLua from './scripts/retry-files.lua';

const askScript = defineScript('ask_retry', askLua, 'none');
const beginScript = defineScript('begin_retry', beginLua, 'none');
const chooseScript = defineScript('retry_files', chooseLua, 'settle');

/** Files one script call looks at: 2–3 ms on a busy machine when all of them are chosen. */
const filesPerCall = 128;

const askReply = z
  .tuple([z.enum(['asked', 'nothing', 'live', 'over', 'missing']), z.int()])
  .transform(([status, run]) => ({ status, run }));
export type RetryReply =
  /** `run` is the new one, `files` how many are tried again */
  | { status: 'begun'; run: number; files: number }
  /** no failed file, or none with those codes; the batch lives; a later run than the one named is there already */
  | { status: 'nothing' | 'live' | 'over' | 'missing'; run: number };

/**
 * New runs of ended batches: the failed files are tried again. In steps of bounded work, each safe to repeat, so that
 * the reconciler can finish what a crash left: ask (the request is durable), enter the indexes, begin, choose.
 */
export class Retries {
  constructor(
    private readonly redis: Redis,
    private readonly chunk: number = filesPerCall,
  ) {}

  /**
   * @param request.run the run that ended, so that a repeated request finds it over @param request.codes default: all
   * @param request.files only these, when they failed; default: all
   * @param request.priceMicro what a file is expected to cost: the estimate of the batch grows by it (default 0)
   */
  async retry(
    batchId: string,
    request: { run: number; codes?: readonly string[]; files?: readonly number[]; priceMicro?: number },
  ): Promise<RetryReply> {
    if (request.codes !== undefined && !(await this.anyFailedWith(batchId, request.codes)))
      return { status: 'nothing', run: request.run };
    if (request.files !== undefined && !(await this.anyFailedOf(batchId, request.files)))
      return { status: 'nothing', run: request.run };
    const codes = request.codes === undefined ? '' : JSON.stringify(request.codes);
    const names = [keys.batch(batchId), keys.states(batchId)];
    const files = request.files === undefined ? '' : JSON.stringify(request.files);
    const args = [request.run, codes, request.priceMicro ?? 0, files];
    const asked = askReply.parse(await runScript(this.redis, askScript, names, args));
    if (asked.status !== 'asked') return { status: asked.status, run: asked.run };
    return { status: 'begun', run: request.run + 1, files: await this.resume(batchId) };
  }

  /** Goes on with a retry that was asked for. @returns files chosen by this call; 0 without a retry under way */
  async resume(batchId: string): Promise<number> {
    const batch = parseBatch(await this.redis.hgetall(keys.batch(batchId)));
    if (batch?.retrying !== true) return 0;
    // before the run begins: the batch must be looked after from its first moment
    const next = batch.state === 'running' ? batch.run : batch.run + 1;
    await enterActive(this.redis, batchId, batch.createdAtMs, next);
    await runScript(this.redis, beginScript, [keys.batch(batchId)], []);
    const files = await this.choose(batchId, batch.total);
    await enterLane(this.redis, batch.lane, batchId);
    return files;
  }

  private async choose(batchId: string, total: number): Promise<number> {
    const names = [keys.batch, keys.states, keys.facts, keys.outbox, keys.due, keys.progress, keys.redo];
    let files = 0;
    for (let at = 0; at >= 0;) {
      const attempts = Array.from({ length: Math.min(this.chunk, Math.max(1, total - at)) }, (_, n) =>
        keys.attempt(batchId, at + n),
      );
      const reply = await runScript(
        this.redis,
        chooseScript,
        [...names.map((key) => key(batchId)), ...attempts],
        ['', at],
      );
      const [chosen, next] = z.tuple([z.int(), z.int()]).parse(reply);
      files += chosen;
      at = next;
    }
    return files;
  }

  /** How many files failed with each code. Of an ended run: its failed files do not change any more. */
  async failures(batchId: string): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    for await (const codes of this.failedCodes(batchId))
      for (const code of codes) counts.set(code, 1 + (counts.get(code) ?? 0));
    return counts;
  }

  /** What is found here is still there when the run begins. */
  private async anyFailedWith(batchId: string, wanted: readonly string[]): Promise<boolean> {
    for await (const codes of this.failedCodes(batchId))
      if (codes.some((code) => wanted.includes(code))) return true;
    return false;
  }

  private async anyFailedOf(batchId: string, files: readonly number[]): Promise<boolean> {
    const states = await Promise.all(files.map((idx) => this.redis.getrange(keys.states(batchId), idx, idx)));
    return states.includes('F');
  }

  /** The codes of the failed files, a part of the batch at a time. */
  private async *failedCodes(batchId: string): AsyncGenerator<string[]> {
    for (let from = 0; ; from += this.chunk) {
      const bytes = await this.redis.getrange(keys.states(batchId), from, from + this.chunk - 1);
      if (bytes === '') return;
      const failed = Array.from(bytes).flatMap((byte, at) => (byte === 'F' ? [from + at] : []));
      const results = await Promise.all(
        failed.map((idx) => this.redis.hget(keys.attempt(batchId, idx), 'res')),
      );
      yield results.map(codeOf);
    }
  }
}

const codeSchema = z.object({ code: z.string() });
const codeOf = (text: string | null): string =>
  text === null || text === '' ? '' : codeSchema.parse(JSON.parse(text)).code;
