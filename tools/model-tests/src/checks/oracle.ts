import type { ClaimReply, ClaimRequest, ConcludeStatus } from '@image2model/progress';
import type { Stats } from '../search/stats.js';
import { isTerminalByte, type Snapshot } from './snapshot.js';
import type { Till } from './till.js';
import { insist } from './violation.js';

const leaseMs = 30_000;

interface Holder {
  token: string;
  tillMs: number;
  messageId: string;
}
/** What is known of one file from the replies alone. */
interface KnownFile {
  token: number;
  /** of the last continuation; older messages wake nothing */
  gen: number;
  holder: Holder | null;
  attempts: number;
  crashes: number;
  /** the outcome that a worker was told is concluded, this run */
  told: 'S' | 'F' | 'X' | null;
  condemned: boolean;
  /** how it ended in an earlier run, when it was not retried since */
  final: string | null;
}

/** Remembers what Redis answered to whom, and refuses answers that contradict one another. */
export class Oracle {
  private readonly files = new Map<number, KnownFile>();
  cancelled = false;

  constructor(
    private readonly stats: Stats,
    private readonly now: () => number,
    private readonly crashLimit: number,
    private readonly till: Till,
  ) {}

  file(idx: number): KnownFile {
    const known = this.files.get(idx);
    if (known !== undefined) return known;
    const fresh: KnownFile = {
      token: 0,
      gen: 0,
      holder: null,
      attempts: 0,
      crashes: 0,
      told: null,
      condemned: false,
      final: null,
    };
    this.files.set(idx, fresh);
    return fresh;
  }

  claimed(request: ClaimRequest, reply: ClaimReply, before: Snapshot): void {
    const file = this.file(request.idx);
    const show = (): string =>
      `claim ${JSON.stringify(request)} → ${JSON.stringify(reply)}; known ${JSON.stringify(file)}`;
    this.stats.add(`claim ${reply.status}`);
    const live = file.holder !== null && file.holder.tillMs > this.now();
    const paid = this.till.of(request.idx);
    const unpaid = paid.intent === null;
    if (reply.status === 'held') insist(before.held && unpaid, 'hold', show);
    if (reply.status === 'stopped') insist(unpaid, 'kept', show);
    if (reply.status === 'busy') insist(live, 'fence', show);
    if (reply.status === 'nobatch') insist(false, 'errors', show);
    if (reply.status !== 'ok' && reply.status !== 'poison') return;
    insist(!this.cancelled || !unpaid, 'cancel', show);
    insist(!before.held || !unpaid, 'hold', show);
    insist(!isTerminalByte(before.states[request.idx]), 'terminal', show);
    insist(file.told === null, 'told', show);
    insist(!live || (request.redelivered && file.holder?.messageId === request.messageId), 'tokens', show);
    insist(Number(reply.token) > file.token, 'tokens', show);
    insist(request.gen >= file.gen, 'fence', show);
    if (file.holder !== null) {
      if (unpaid || paid.works) file.crashes += 1;
      this.stats.add(unpaid ? 'takeover' : paid.works ? 'takeover at work' : 'takeover paid');
    }
    this.till.rests(request.idx);
    if (unpaid) file.attempts += 1;
    if (reply.status === 'ok') {
      insist(reply.attempts === file.attempts, 'crashes', show);
      insist(this.till.agrees(request.idx, reply.paid), 'kept', show);
    }
    insist((reply.status === 'poison') === file.crashes >= this.crashLimit, 'crashes', show);
    file.token = Number(reply.token);
    file.holder = { token: reply.token, tillMs: this.now() + leaseMs, messageId: request.messageId };
  }

  /** A write under a token. @returns whether the holder still holds */
  fenced(idx: number, token: string, what: string, accepted: boolean): void {
    const file = this.file(idx);
    const show = (): string =>
      `${what} with token ${token} was ${accepted ? 'accepted' : 'refused'}; known ${JSON.stringify(file)}`;
    insist(accepted === (file.holder?.token === token), 'fence', show);
    if (!accepted) this.stats.add('fenced');
  }

  renewed(idx: number): void {
    const { holder } = this.file(idx);
    if (holder !== null) holder.tillMs = this.now() + leaseMs;
  }

  /** A drain: the claim is given back unused. */
  released(idx: number): void {
    this.givenBack(this.file(idx), idx, true);
  }

  /** Its batch is held: it waits in the redo list, and older messages wake nothing. */
  putBack(idx: number): void {
    this.released(idx);
    this.file(idx).gen += 1;
  }

  private givenBack(file: KnownFile, idx: number, unused: boolean): void {
    file.holder = null;
    // what an attempt decided to pay makes it count
    if (unused && this.till.of(idx).intent === null) file.attempts -= 1;
    this.till.rests(idx);
  }

  /** @param unused the claim used no attempt up */
  parked(idx: number, gen: number, unused = false): void {
    const file = this.file(idx);
    insist(gen > file.gen, 'fence', () => `parked as gen ${gen}; known ${JSON.stringify(file)}`);
    file.gen = gen;
    this.givenBack(file, idx, unused);
  }

  /** A copy of a file's message is published because it seems lost. */
  reissued(idx: number): void {
    const file = this.file(idx);
    const live = file.holder !== null && file.holder.tillMs > this.now();
    insist(!live && file.told === null, 'fence', () => `published again; known ${JSON.stringify(file)}`);
  }

  concluded(idx: number, token: string, outcome: 'S' | 'F' | 'X', status: ConcludeStatus): void {
    const file = this.file(idx);
    const show = (): string =>
      `conclude ${outcome} with token ${token} → ${status}; known ${JSON.stringify(file)}`;
    this.stats.add(`conclude ${status}`);
    if (status === 'refused') insist(outcome === 'X' && !this.cancelled, 'cancel', show);
    if (status === 'concluded') insist(file.told !== null, 'told', show);
    if (status === 'ok' || status === 'fenced') this.fenced(idx, token, 'conclude', status === 'ok');
    if (status !== 'ok') return;
    insist(file.told === null, 'told', show);
    // nobody would look for the answer any more
    insist(this.till.stateOf(idx) !== 'open', 'kept', show);
    file.told = outcome;
    file.holder = null;
  }

  /** Whoever held the file is refused from now on. */
  ended(idx: number): void {
    this.file(idx).holder = null;
  }

  /** What is or may be paid for is not to be condemned. */
  condemned(idx: number, status: string): void {
    this.stats.add(`condemn ${status}`);
    const file = this.file(idx);
    const paid = file.told === null && this.till.of(idx).intent !== null;
    if (status === 'ok' || status === 'open')
      insist(
        paid === (status === 'open'),
        'kept',
        () => `condemn → ${status}; known ${JSON.stringify(file)}`,
      );
    if (status !== 'ok') return;
    file.holder = null;
    file.condemned ||= file.told === null;
  }

  /** A new run begins for these files. */
  retried(idx: number): void {
    Object.assign(this.file(idx), { holder: null, crashes: 0, told: null, condemned: false, final: null });
  }

  runBegan(): void {
    this.cancelled = false;
  }

  /** How the files ended must be what the workers were told, or what somebody else ordered. @param refused at the door */
  checkEnd({ states }: Snapshot, refused: ReadonlySet<number>): void {
    for (let idx = 0; idx < states.length; idx += 1) {
      const state = states[idx];
      const file = this.file(idx);
      const show = (): string => `file ${idx} ended as ${String(state)}; known ${JSON.stringify(file)}`;
      if (file.final !== null) insist(state === file.final, 'terminal', show);
      else if (file.told !== null) insist(state === file.told, 'told', show);
      else if (state === 'S') insist(false, 'told', show);
      else if (state === 'F') insist(file.condemned || refused.has(idx), 'told', show);
      else insist(this.cancelled, 'cancel', show);
      file.final = state ?? '';
    }
  }
}
