import { lanes, laneWeights, type Lane } from '@image2model/contracts';

interface Waiting {
  enter: (leave: () => void) => void;
}

/**
 * Slots shared by the lanes in proportion to their weights (smooth weighted round-robin): while all lanes have work
 * each gets its share; a lane without work leaves its share to the others.
 */
export class LaneGate {
  private readonly waiting: Record<Lane, Waiting[]> = { high: [], normal: [], low: [] };
  private readonly credit: Record<Lane, number> = { high: 0, normal: 0, low: 0 };
  private inside = 0;

  constructor(readonly slots: number) {}

  /** Files that hold a slot now. */
  get active(): number {
    return this.inside;
  }

  /** @returns a function that gives the slot back (once) @throws the signal's reason when it aborts first */
  enter(lane: Lane, signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        const at = this.waiting[lane].indexOf(entry);
        if (at < 0) return;
        this.waiting[lane].splice(at, 1);
        reject(signal.reason as Error);
      };
      const entry: Waiting = {
        enter: (leave) => {
          signal.removeEventListener('abort', onAbort);
          resolve(leave);
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.waiting[lane].push(entry);
      this.admit();
    });
  }

  private admit(): void {
    while (this.inside < this.slots) {
      const lane = this.pick();
      const next = lane === undefined ? undefined : this.waiting[lane].shift();
      if (next === undefined) return;
      this.inside += 1;
      let left = false;
      next.enter(() => {
        if (left) return;
        left = true;
        this.inside -= 1;
        this.admit();
      });
    }
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
