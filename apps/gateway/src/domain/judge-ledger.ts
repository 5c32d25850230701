import { usdOf, type AuditCheck } from '@image2model/contracts';
import type { BatchSnapshot, LedgerRow } from '@image2model/progress';
import { isTerminal } from './batch-view.js';
import { Findings } from './findings.js';

/** Providers whose generations cost nothing. */
const unpaid: ReadonlySet<string> = new Set(['embedded', 'noop']);

/** What the rows of a ledger add up to. */
export interface Books {
  rows: Record<LedgerRow['state'], number>;
  /** of what was paid for, the doubtful included, and of what is under way */
  spentMicro: number;
  openMicro: number;
  /** idx → accepted submissions that were billed */
  billed: Map<number, number>;
  requests: Set<string>;
  /** rows that cannot be, in words */
  wrong: Findings;
}

export const newBooks = (): Books => ({
  rows: { open: 0, bound: 0, unbilled: 0, doubtful: 0, extra: 0 },
  spentMicro: 0,
  openMicro: 0,
  billed: new Map(),
  requests: new Set(),
  wrong: new Findings(),
});

/** Enters one decision to pay. */
export function noteRow(books: Books, { idx, state, priceMicro, requestId }: LedgerRow): void {
  books.rows[state] += 1;
  if (state === 'open') books.openMicro += priceMicro;
  else if (state !== 'unbilled') books.spentMicro += priceMicro;
  if (state === 'bound') books.billed.set(idx, 1 + (books.billed.get(idx) ?? 0));
  const accepted = state === 'bound' || state === 'extra' || state === 'unbilled';
  if (accepted && requestId === null) books.wrong.add(`file ${idx}: accepted without a request`);
  if (requestId === null) return;
  if (books.requests.has(requestId)) books.wrong.add(`file ${idx}: its request ${requestId} is there twice`);
  books.requests.add(requestId);
}

/**
 * Every completed file was paid for, none twice in a run unless that was counted as `extra`, and what was spent is the
 * sum of the prices. Sums of a live batch move while they are read: they are compared when it has ended.
 */
export function judgeLedger(provider: string, snapshot: BatchSnapshot, books: Books): AuditCheck {
  const { wrong, rows, spentMicro, openMicro, billed } = books;
  const { states, run } = snapshot;
  const accepted = rows.bound + rows.unbilled + rows.extra;
  if (unpaid.has(provider)) {
    const all = accepted + rows.open + rows.doubtful;
    if (all > 0) wrong.add(`${all} submissions are in the ledger`);
    return wrong.check('ledger', `0 paid submissions, 0 accepted: the provider ${provider} costs nothing`);
  }
  for (const [idx, times] of billed)
    if (times > run) wrong.add(`file ${idx}: ${times} submissions were billed in ${run} runs`);
  states.forEach((state, idx) => {
    if (state === 'completed' && !billed.has(idx)) wrong.add(`file ${idx}: completed and never paid for`);
  });
  if (isTerminal(snapshot)) compareSums(snapshot, books);
  const found = [
    `${accepted} accepted submissions, ${usdOf(spentMicro)} USD`,
    ...(rows.unbilled > 0 ? [`${rows.unbilled} of them ended unbilled`] : []),
    ...(rows.extra > 0 ? [`${rows.extra} of them one too many`] : []),
    ...(rows.doubtful > 0 ? [`${rows.doubtful} more given up without knowing`] : []),
    ...(rows.open > 0 ? [`${rows.open} under way, ${usdOf(openMicro)} USD`] : []),
  ];
  return wrong.check('ledger', found.join(', '));
}

function compareSums(snapshot: BatchSnapshot, { rows, wrong, spentMicro }: Books): void {
  if (rows.open > 0) wrong.add(`${rows.open} submissions are open although the batch has ended`);
  if (snapshot.spentMicro !== spentMicro)
    wrong.add(
      `${usdOf(snapshot.spentMicro)} USD were counted as spent and the prices add up to ${usdOf(spentMicro)}`,
    );
  if (snapshot.reservedMicro !== 0)
    wrong.add(`${usdOf(snapshot.reservedMicro)} USD are set aside although the batch has ended`);
}
