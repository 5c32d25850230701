/** Counts what a search exercised. */
export class Stats {
  readonly counts = new Map<string, number>();

  add(what: string, count = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + count);
  }

  get(what: string): number {
    return this.counts.get(what) ?? 0;
  }

  merge(other: Iterable<readonly [string, number]>): void {
    for (const [what, count] of other) this.add(what, count);
  }
}
