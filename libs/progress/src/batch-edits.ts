import { laneSchema, type Lane } from '@image2model/contracts';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { defineScript, runScript } from './define-script.js';
import { enterExpiry } from './expiry-index.js';
import { keys } from './keys.js';
import type { LanesIndex } from './lanes-index.js';
import editLua from './scripts/edit-batch.lua';
import { stateReply } from './state-reply.js';
import type { BatchState } from './types.js';

const editScript = defineScript('edit_batch', editLua, 'money');

/** What is absent stays; null takes a name or a budget away. */
export interface BatchChanges {
  name?: string | null;
  lane?: Lane;
  retentionHours?: number;
  budgetMicro?: number | null;
}

export type EditReply =
  | { status: 'ok' | 'missing' }
  /** the lane and the budget of a batch that does not run any more */
  | { status: 'ended'; state: BatchState | 'missing' }
  /** the new budget is below what is spent and set aside */
  | { status: 'low'; spentMicro: number; reservedMicro: number };

const editReply = z
  .tuple([z.enum(['ok', 'ended', 'low', 'missing']), stateReply, z.string(), z.int(), z.int(), z.int()])
  .transform(([status, state, laneBefore, lifted, spentMicro, reservedMicro]) => ({
    ...{ status, state, laneBefore, lifted: lifted === 1, spentMicro, reservedMicro },
  }));

/** Changes of what a batch was created with; the gateway's side of Redis. All safe to repeat. */
export class BatchEdits {
  constructor(
    private readonly redis: Redis,
    private readonly lanes: LanesIndex,
  ) {}

  /**
   * All of the changes or none. A batch held for want of budget goes on when its budget covers one more file, also
   * without any change.
   * @param priceMicro of a file, in millionths of a dollar
   */
  async edit(id: string, changes: BatchChanges, priceMicro: number): Promise<EditReply> {
    const args = [priceMicro, ...fieldsOf(changes)];
    const reply = editReply.parse(await runScript(this.redis, editScript, [keys.batch(id)], args));
    const { status, state, laneBefore, lifted, spentMicro, reservedMicro } = reply;
    if (status === 'low') return { status, spentMicro, reservedMicro };
    if (status === 'ended') return { status, state };
    const before = laneSchema.safeParse(laneBefore).data;
    // the indexes lie on other cluster slots: a crash from here on is healed by whoever looks at the lanes
    if (lifted || changes.lane !== undefined) await this.lanes.ensure(id);
    if (before !== undefined && changes.lane !== undefined && changes.lane !== before)
      await this.lanes.leave(before, id);
    if (changes.retentionHours !== undefined) await enterExpiry(this.redis, id);
    return { status };
  }
}

const fieldsOf = ({ name, lane, retentionHours, budgetMicro }: BatchChanges): (string | number)[] => [
  ...(name === undefined ? [] : ['name', name ?? '']),
  ...(lane === undefined ? [] : ['lane', lane]),
  ...(retentionHours === undefined ? [] : ['retention_h', retentionHours]),
  ...(budgetMicro === undefined ? [] : ['budget', budgetMicro ?? '']),
];
