import type { StagedFile } from '@image2model/progress';
import { priceMicro } from '../checks/known-payments.js';
import { insist } from '../checks/violation.js';
import type { Io } from '../world/world.js';

/** Most files of a batch in the model. */
export const mostFiles = 8;
const refusal = { code: 'input.empty', message: '0 bytes', retryable: false };

export const stagedFile = (refused: boolean): StagedFile =>
  refused ? { source: null, error: refusal } : { source: null };

export async function cancel({ stores, world, step }: Io): Promise<void> {
  const state = await stores.batches.requestCancel(world.batchId);
  if (state !== 'cancelling') return;
  world.oracle.cancelled = true;
  world.stats.add('cancel');
  await step('publish batch.cancel-requested', () =>
    world.broker.publish('cancel', { id: 'cancel', files: [] }),
  );
}

export async function hold({ stores, world }: Io, reason: 'user' | 'budget'): Promise<void> {
  const { state, held } = await stores.controls.hold(world.batchId, { reason, detail: '' });
  if (state !== 'running') return;
  insist(held, 'hold', () => 'a running batch was told to hold and does not');
  world.stats.add('hold');
}

export async function unhold({ stores, world }: Io, reason: 'user' | 'budget'): Promise<void> {
  await stores.controls.unhold(world.batchId, reason);
  world.stats.add('unhold');
}

export async function retry({ stores, world }: Io, codes: readonly string[] | undefined): Promise<void> {
  const batch = await stores.batches.read(world.batchId);
  if (batch === null) return;
  const request = codes === undefined ? { run: batch.run } : { run: batch.run, codes };
  const reply = await stores.retries.retry(world.batchId, request);
  world.stats.add(`retry ${reply.status}`);
}

/** @param refused which of the new files cannot be used @param repeats the answer was lost: the same request comes again */
export async function append(
  { stores, world }: Io,
  refused: readonly boolean[],
  repeats: boolean,
): Promise<void> {
  const batch = await stores.batches.read(world.batchId);
  if (batch === null) return;
  const from = batch.total;
  const request = { id: `a${(world.appends += 1)}`, from, most: mostFiles };
  const files = refused.map(stagedFile);
  for (let times = repeats ? 2 : 1; times > 0; times -= 1) {
    const reply = await stores.controls.append(world.batchId, files, request);
    world.stats.add(`append ${reply.status}`);
    if (reply.status === 'ok')
      insist(reply.from === from, 'appends', () => `asked for ${from}, got ${JSON.stringify(reply)}`);
  }
}

export async function seal({ stores, world }: Io): Promise<void> {
  const { state } = await stores.controls.seal(world.batchId);
  world.stats.add(`seal ${state === 'running' ? 'running' : 'ended'}`);
}

/** @param files so many more may be paid for; null: all */
export async function raiseBudget({ stores, world }: Io, files: number | null): Promise<void> {
  const budgetMicro = files === null ? null : (world.seen.budget ?? 0) + files * priceMicro;
  const { status } = await stores.edits.edit(world.batchId, { budgetMicro }, priceMicro);
  world.stats.add(`budget ${status}`);
}
