import type { Redis } from 'ioredis';
import { z } from 'zod';
import { enterLane } from './active-index.js';
import { parseBatch } from './batch-records.js';
import { defineScript, runScript } from './define-script.js';
import { keys } from './keys.js';
import appendLua from './scripts/append-files.lua';
import holdLua from './scripts/hold-batch.lua';
import sealLua from './scripts/seal-batch.lua';
import unholdLua from './scripts/unhold-batch.lua';
import type { HoldReason, StagedFile } from './types.js';
import { stateReply } from './state-reply.js';

const holdScript = defineScript('hold_batch', holdLua, 'common');
const unholdScript = defineScript('unhold_batch', unholdLua, 'common');
const appendScript = defineScript('append_files', appendLua, 'common');
const sealScript = defineScript('seal_batch', sealLua, 'settle');

/** Files of one append: what one script call may write. */
export const mostAppended = 1_000;

const holdReply = z
  .tuple([stateReply, z.int()])
  .transform(([state, reasons]) => ({ state, held: reasons > 0 }));
const unholdReply = z
  .tuple([stateReply, z.int(), z.int()])
  .transform(([state, reasons, lifted]) => ({ state, held: reasons > 0, lifted: lifted === 1 }));
const sealReply = z
  .tuple([stateReply, z.int()])
  .transform(([state, ended]) => ({ state, ended: ended === 1 }));
const appendReply = z
  .tuple([z.enum(['ok', 'moved', 'full', 'sealed', 'missing']), z.int(), z.int()])
  .transform(([status, from, total]) => ({ status, from, total }));

export type HoldReply = z.output<typeof holdReply>;
export type SealReply = z.output<typeof sealReply>;
/** `from` is the idx of the first appended file; `moved`: somebody else appended, `total` says where to go on */
export type AppendReply = z.output<typeof appendReply>;

/** What a client or the system may change of a live batch; the gateway's side of Redis. All safe to repeat. */
export class BatchControls {
  constructor(private readonly redis: Redis) {}

  /**
   * O(1): from the answer on no file is claimed that nothing was paid for. Reasons add up; each is lifted by itself.
   * @param why.untilMs when the reconciler lifts it (Redis's clock); without it somebody has to
   */
  async hold(
    id: string,
    why: { reason: HoldReason; detail: string; untilMs?: number | undefined },
  ): Promise<HoldReply> {
    const args = ['', why.reason, why.detail, why.untilMs ?? ''];
    return holdReply.parse(await runScript(this.redis, holdScript, [keys.batch(id)], args));
  }

  /** Lifts one reason; with the last one the files held back are dispatched again. */
  async unhold(id: string, reason: HoldReason): Promise<HoldReply> {
    const { state, held } = unholdReply.parse(
      await runScript(this.redis, unholdScript, [keys.batch(id)], ['', reason]),
    );
    if (state === 'running' && !held) await this.wake(id);
    return { state, held };
  }

  /** Lifts every reason whose time is over. @returns whether the batch was held until now and is not any more */
  async unholdDue(id: string): Promise<boolean> {
    const { state, lifted } = unholdReply.parse(
      await runScript(this.redis, unholdScript, [keys.batch(id)], ['', '']),
    );
    if (state !== 'running' || !lifted) return false;
    await this.wake(id);
    return true;
  }

  /**
   * Adds files to a batch that is not sealed.
   * @param append.id the same for a repeat @param append.from how many files the batch has now @param append.most its limit
   * @throws RangeError for no file, or more than one call takes
   */
  async append(
    id: string,
    files: readonly StagedFile[],
    append: { id: string; from: number; most: number },
  ): Promise<AppendReply> {
    if (files.length === 0 || files.length > mostAppended)
      throw new RangeError(`${files.length} files; an append takes 1 to ${mostAppended}`);
    const refused = files.flatMap(({ error }, at) =>
      error === undefined ? [] : [{ idx: append.from + at, error: JSON.stringify(error) }],
    );
    const names = [keys.batch, keys.states, keys.facts, keys.sources].map((key) => key(id));
    const reply = await runScript(
      this.redis,
      appendScript,
      [...names, ...refused.map(({ idx }) => keys.attempt(id, idx))],
      [
        '',
        append.id,
        append.from,
        append.most,
        files.length,
        ...files.map(({ source }) => (source === null ? '' : JSON.stringify(source))),
        ...refused.flatMap(({ idx, error }) => [idx, error]),
      ],
    );
    const parsed = appendReply.parse(reply);
    if (parsed.status === 'ok') await this.wake(id);
    return parsed;
  }

  /** Ends the growing of a batch; with the last file settled already, its run ends here: relay the completion. */
  async seal(id: string): Promise<SealReply> {
    const names = [keys.batch, keys.states, keys.facts, keys.outbox, keys.due, keys.progress, keys.redo];
    return sealReply.parse(
      await runScript(
        this.redis,
        sealScript,
        names.map((key) => key(id)),
        [''],
      ),
    );
  }

  /** There is something to publish again; a crash before this is healed by the reconciler's `lanes.ensure`. */
  private async wake(id: string): Promise<void> {
    const batch = parseBatch(await this.redis.hgetall(keys.batch(id)));
    if (batch !== null) await enterLane(this.redis, batch.lane, id);
  }
}
