/** Half of what is remembered is younger than this, ms. */
const halfLifeMs = 500;

/** A rate that follows what was counted lately, by exponential decay. Time is a parameter. */
export class RateMeter {
  private perMs = 0;
  private lastMs: number | undefined;

  /** @param count how many since the last call */
  add(count: number, nowMs: number): void {
    if (this.lastMs === undefined) {
      this.lastMs = nowMs;
      return;
    }
    const elapsed = nowMs - this.lastMs;
    if (elapsed <= 0) return;
    const keep = 0.5 ** (elapsed / halfLifeMs);
    this.perMs = this.perMs * keep + (Math.max(0, count) / elapsed) * (1 - keep);
    this.lastMs = nowMs;
  }

  perSecond(): number {
    return this.perMs * 1_000;
  }
}
