import { newIntentId } from '@image2model/contracts';
import type { BindReply, IntendReply, LedgerRow } from '../../src/index.js';
import { newBatch, progress, raw } from './store.js';

export const priceMicro = 200_000;
const endpoint = 'e/image-to-3d';

/** A running batch of pending files that may spend so much. */
export async function paidBatch(total: number, budgetMicro: number | null = null): Promise<string> {
  const batch = { ...newBatch(total, { budgetMicro }), id: `bat_${crypto.randomUUID().replaceAll('-', '')}` };
  await progress.batches.stage(batch, []);
  await progress.batches.activate(batch.id);
  return batch.id;
}

export function intend(
  id: string,
  idx: number,
  token: string,
  more: { intent?: string; mostSubmits?: number; priceMicro?: number } = {},
): Promise<IntendReply> {
  const request = {
    ...{ intent: newIntentId(id, idx), priceMicro, mostSubmits: 3, imageUrl: `https://i/${idx}`, endpoint },
    ...more,
  };
  return progress.ledger.intend(id, { idx, token }, request);
}

/** @returns the intent that was decided */
export async function intended(id: string, idx: number, token: string, more = {}): Promise<string> {
  const intent = newIntentId(id, idx);
  const reply = await intend(id, idx, token, { intent, ...more });
  if (reply !== 'ok') throw new Error(`intend answered ${reply}`);
  return intent;
}
export const bind = (
  id: string,
  idx: number,
  intent: string,
  requestId = `r-${intent}`,
): Promise<BindReply> => progress.ledger.bind(id, idx, intent, { requestId, endpoint });

export async function rowsOf(id: string): Promise<LedgerRow[]> {
  const rows: LedgerRow[] = [];
  for await (const row of progress.ledger.rows(id)) rows.push(row);
  return rows;
}

/** What the batch has spent and set aside, and the states of its decisions, as the store has them. */
export async function account(
  id: string,
): Promise<{ spent: number; reserved: number; rows: string[]; wire: number }> {
  const [spent, reserved] = await raw.hmget(`i2m:{${id}}:b`, 'spent', 'reserved');
  const rows = (await rowsOf(id)).map(({ state }) => state);
  const wire = await progress.ledger.onTheWire(id, Date.now());
  return { spent: Number(spent ?? 0), reserved: Number(reserved ?? 0), rows: rows.sort(), wire };
}
/** The lease of a file is over, as if its worker had been silent for long. */
export const leaseOver = (id: string, idx: number): Promise<number> =>
  raw.hset(`i2m:{${id}}:a:${idx}`, 'lease', 1);
export const attemptField = (id: string, idx: number, field: string): Promise<string | null> =>
  raw.hget(`i2m:{${id}}:a:${idx}`, field);
