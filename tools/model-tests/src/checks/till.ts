import type { BindReply, DoubtReply, IntendReply, PaidAttempt } from '@image2model/progress';
import type { Stats } from '../search/stats.js';
import { fresh, priceMicro, type Asking, type KnownPayments, type KnownRow } from './known-payments.js';
import type { Snapshot } from './snapshot.js';
import { insist } from './violation.js';

const paid = ['bound', 'doubtful', 'extra'] as const;
/** Keeps the account that the ledger must keep, and refuses replies that contradict it. */
export class Till {
  readonly rows = new Map<string, KnownRow>();
  private readonly files = new Map<number, KnownPayments>();
  private decisions = 0;
  /** money came back, or the budget grew: the batch may not stay held for want of it */
  eased = false;

  constructor(private readonly stats: Stats) {}

  nextIntent(idx: number): string {
    return `int_${idx}_${(this.decisions += 1)}`;
  }

  of(idx: number): Readonly<KnownPayments> {
    return this.file(idx);
  }

  /** The state of the file's decision; null without one. */
  stateOf(idx: number): KnownRow['state'] | null {
    const { intent } = this.file(idx);
    return intent === null ? null : (this.rows.get(intent)?.state ?? null);
  }

  /** Whether a claim tells what is known to be paid. */
  agrees(idx: number, told: PaidAttempt | undefined): boolean {
    const bound = this.stateOf(idx) === 'bound';
    return (told?.intent ?? null) === this.file(idx).intent && ((told?.handle ?? '') !== '') === bound;
  }

  get spentMicro(): number {
    return this.sum(paid);
  }
  get reservedMicro(): number {
    return this.sum(['open']);
  }
  /** In all runs. */
  costMicro(idx: number): number {
    return this.sum(paid, idx);
  }

  intended(asking: Asking, reply: IntendReply, before: Snapshot): void {
    this.stats.add(`intend ${reply}`);
    const file = this.file(asking.idx);
    this.expect(`intend ${JSON.stringify(asking)}`, reply, this.decide(asking, before));
    if (reply !== 'ok' || file.intent === asking.intent) return;
    file.intent = asking.intent;
    file.submits += 1;
    this.rows.set(asking.intent, { idx: asking.idx, run: before.run, state: 'open', requestId: null });
  }

  private decide({ idx, intent, tillMs, nowMs, mostSubmits }: Asking, before: Snapshot): IntendReply {
    const file = this.file(idx);
    if (tillMs === null) return 'fenced';
    if (file.intent === intent && this.stateOf(idx) === 'open') return 'ok';
    if (before.state !== 'running') return 'state';
    if (before.held) return 'held';
    if (tillMs <= nowMs) return 'lease';
    if (file.intent !== null) return 'open';
    if (file.givenUp || file.submits >= mostSubmits) return 'most';
    return this.spentMicro + this.reservedMicro + priceMicro > (before.budget ?? Infinity) ? 'budget' : 'ok';
  }

  bound(intent: string, requestId: string, reply: BindReply): void {
    this.stats.add(`bind ${reply}`);
    const row = this.rows.get(intent);
    const current = row !== undefined && this.file(row.idx).intent === intent;
    let expected: BindReply = current ? 'ok' : 'stale';
    if (row === undefined) expected = 'unknown';
    else if (row.requestId !== null) expected = row.requestId === requestId ? 'same' : 'conflict';
    this.expect(`bind ${intent} to ${requestId}`, reply, expected);
    if (row === undefined || (reply !== 'ok' && reply !== 'stale')) return;
    row.requestId = requestId;
    row.state = reply === 'ok' ? 'bound' : 'extra';
  }

  /** With proof that nothing was accepted. */
  freed(intent: string, reply: string): void {
    this.stats.add(`free ${reply}`);
    const row = this.rows.get(intent);
    const states = { open: 'ok', bound: 'bound' } as const;
    const expected = row?.state === 'open' || row?.state === 'bound' ? states[row.state] : 'stale';
    this.expect(`free ${intent}`, reply, expected);
    if (row === undefined || reply !== 'ok') return;
    this.rows.delete(intent);
    const file = this.file(row.idx);
    if (file.intent === intent)
      Object.assign(file, { intent: null, works: false, seen: false, submits: file.submits - 1 });
    this.eased = true;
  }

  refunded(intent: string, reply: string): void {
    this.stats.add(`refund ${reply}`);
    const row = this.rows.get(intent);
    const current = row?.state === 'bound' && this.file(row.idx).intent === intent;
    this.expect(`refund ${intent}`, reply, current ? 'ok' : 'stale');
    if (row === undefined || !current) return;
    row.state = 'unbilled';
    this.forget(row.idx);
    this.eased = true;
  }

  doubted(intent: string, forOneMore: boolean, reply: DoubtReply): void {
    this.stats.add(`doubt ${reply}${forOneMore ? ' for one more' : ''}`);
    const row = this.rows.get(intent);
    const file = row === undefined ? undefined : this.file(row.idx);
    let expected: DoubtReply = 'ok';
    if (row === undefined || file?.intent !== intent) expected = 'stale';
    else if (row.state === 'bound') expected = 'bound';
    else if (file.seen) expected = 'fetched';
    else if (forOneMore && file.again) expected = 'again';
    this.expect(`doubt ${intent}`, reply, expected);
    const gaveUp = expected === 'ok' || (expected === 'fetched' && !forOneMore);
    if (row === undefined || file === undefined || !gaveUp) return;
    row.state = 'doubtful';
    if (forOneMore) file.again = true;
    else file.givenUp = true;
    this.forget(row.idx);
  }

  /** @param ended whether a conclusion of the file is there */
  fetched(intent: string, reply: string, ended: (idx: number) => boolean): void {
    this.stats.add(`image fetched ${reply}`);
    const row = this.rows.get(intent);
    const current = row !== undefined && this.file(row.idx).intent === intent && !ended(row.idx);
    this.expect(`fetched ${intent}`, reply, current ? 'ok' : 'gone');
    if (current) this.file(row.idx).seen = true;
  }

  works(idx: number): void {
    this.file(idx).works = true;
  }
  /** A claim, or one that is given back: nobody handles the result. */
  rests(idx: number): void {
    this.file(idx).works = false;
  }
  retried(idx: number, run: number): void {
    this.files.set(idx, fresh(run));
  }

  private forget(idx: number): void {
    Object.assign(this.file(idx), { intent: null, works: false, seen: false });
  }

  private expect(what: string, reply: string, expected: string): void {
    insist(reply === expected, 'gate', () => `${what} → ${reply}, not ${expected}; ${this.show()}`);
  }

  private sum(states: readonly KnownRow['state'][], idx?: number): number {
    let micro = 0;
    for (const row of this.rows.values())
      if (states.includes(row.state) && (idx === undefined || row.idx === idx)) micro += priceMicro;
    return micro;
  }

  private file(idx: number): KnownPayments {
    const known = this.files.get(idx) ?? fresh();
    this.files.set(idx, known);
    return known;
  }

  private show(): string {
    return `known ${JSON.stringify([[...this.files], [...this.rows]])}`;
  }
}
