import { lanes, laneWeights, type Lane } from '@image2model/contracts';
import { claimsAhead } from './claims-ahead.js';

/** A file's way through the gate. */
export interface Turn {
  /** Takes a slot if one is free; else `wait` for it. */
  begin(): boolean;
  /** Resolves with the slot, in the order of the calls. @throws the signal's reason when it aborts first */
  wait(signal: AbortSignal): Promise<void>;
  /** Gives back what the file holds; once is enough, later calls do nothing. */
  leave(): void;
}

interface Waiting {
  signal: AbortSignal;
  enter: (turn: Turn) => void;
  refuse: (reason: Error) => void;
}
interface Begun {
  signal: AbortSignal;
  take: () => void;
  refuse: (reason: Error) => void;
}

/** How much of a new duration goes into the mean. */
const newShare = 0.1;

/**
 * Slots shared by the lanes in proportion to their weights (smooth weighted round-robin): while all lanes have work
 * each gets its share; a lane without work leaves its share to the others. Files are let in to be claimed; those
 * whose slot will be free in a moment are let in ahead of it, so that many short tasks share one claim script.
 */
export class LaneGate {
  private readonly waiting: Record<Lane, Waiting[]> = { high: [], normal: [], low: [] };
  private readonly credit: Record<Lane, number> = { high: 0, normal: 0, low: 0 };
  private begun: Begun[] = [];
  private readonly closed = new Map<Lane, Error>();
  private readonly watched = new WeakSet<AbortSignal>();
  private inside = 0;
  private running = 0;
  private meanMs: number | undefined;

  /** @param now a clock in ms that never goes back */
  constructor(
    readonly slots: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Files that hold a slot now. */
  get active(): number {
    return this.running;
  }

  /** Lets no file of this lane in until `open`: those that wait are refused with the reason, those inside go on. */
  close(lane: Lane, reason: Error): void {
    this.closed.set(lane, reason);
    for (const { refuse } of this.waiting[lane].splice(0)) refuse(reason);
  }

  open(lane: Lane): void {
    this.closed.delete(lane);
  }

  /**
   * @returns the file's turn: it may be claimed now
   * @throws the signal's reason when it aborts first, the reason of `close` while the lane is closed
   */
  enter(lane: Lane, signal: AbortSignal): Promise<Turn> {
    const refused = signal.aborted ? (signal.reason as Error) : this.closed.get(lane);
    if (refused !== undefined) return Promise.reject(refused);
    this.watch(signal);
    return new Promise((resolve, reject) => {
      this.waiting[lane].push({ signal, enter: resolve, refuse: reject });
      this.admit();
    });
  }

  /** One listener for all who share a signal: the files of a queue do. */
  private watch(signal: AbortSignal): void {
    if (this.watched.has(signal)) return;
    this.watched.add(signal);
    const stays = (entry: { signal: AbortSignal }): boolean => entry.signal !== signal;
    const refuse = (): void => {
      const all = [...lanes.flatMap((lane) => this.waiting[lane]), ...this.begun];
      for (const lane of lanes) this.waiting[lane] = this.waiting[lane].filter(stays);
      this.begun = this.begun.filter(stays);
      for (const entry of all) if (!stays(entry)) entry.refuse(signal.reason as Error);
    };
    signal.addEventListener('abort', refuse, { once: true });
  }

  private admit(): void {
    const most = this.slots + claimsAhead(this.slots, this.meanMs);
    while (this.inside < most) {
      const lane = this.pick();
      const next = lane === undefined ? undefined : this.waiting[lane].shift();
      if (next === undefined) return;
      this.inside += 1;
      next.enter(this.turn());
    }
  }

  private turn(): Turn {
    let startedAt: number | undefined;
    let left = false;
    return {
      begin: () => {
        if (this.running >= this.slots) return false;
        this.running += 1;
        startedAt = this.now();
        return true;
      },
      wait: async (signal) => {
        await this.slot(signal);
        startedAt = this.now();
      },
      leave: () => {
        if (left) return;
        left = true;
        this.inside -= 1;
        if (startedAt !== undefined) this.ended(this.now() - startedAt);
        this.admit();
      },
    };
  }

  private ended(tookMs: number): void {
    this.meanMs = this.meanMs === undefined ? tookMs : this.meanMs * (1 - newShare) + tookMs * newShare;
    const next = this.begun.shift();
    // the slot goes from hand to hand
    if (next !== undefined) next.take();
    else this.running -= 1;
  }

  /** In the order of the claims. */
  private slot(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    this.watch(signal);
    return new Promise((resolve, reject) => this.begun.push({ signal, take: resolve, refuse: reject }));
  }

  /** The lane whose turn it is among those that wait. */
  private pick(): Lane | undefined {
    let best: Lane | undefined;
    let sum = 0;
    for (const lane of lanes) {
      if (this.waiting[lane].length === 0) {
        // a lane that had no work must not save its share up
        this.credit[lane] = 0;
        continue;
      }
      this.credit[lane] += laneWeights[lane];
      sum += laneWeights[lane];
      if (best === undefined || this.credit[lane] > this.credit[best]) best = lane;
    }
    if (best !== undefined) this.credit[best] -= sum;
    return best;
  }
}
