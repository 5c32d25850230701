/** How the slots were used. Times are milliseconds since the first accepted submit. */
export interface SlotUsage {
  busy: number;
  queued: number;
  concurrency: number;
  busy_max: number;
  /** Most jobs accepted and not finished at one time. */
  unfinished_max: number;
  /** ∫ busy dt / ∫ concurrency dt between the first and the last accepted submit; null before the second one. */
  busy_share: number | null;
  /** From the first to the last accepted submit. */
  submitting_ms: number;
  /** When so many slots were busy for the first time. */
  busy_reached_ms: Record<string, number>;
}

/** Integrates busy and offered slots over time. Called before every change. */
export class UsageMeter {
  private busy = 0;
  private queued = 0;
  private firstAtMs: number | null = null;
  private lastChangeMs = 0;
  private busyIntegral = 0;
  private offeredIntegral = 0;
  private atLastSubmit = { busy: 0, offered: 0, ms: 0 };
  private busyMax = 0;
  private unfinishedMax = 0;
  private readonly reached: number[] = [];

  constructor(
    private concurrency: number,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  submitted(): void {
    const now = this.nowMs();
    if (this.firstAtMs === null) this.firstAtMs = this.lastChangeMs = now;
    this.pass(now);
    this.atLastSubmit = {
      busy: this.busyIntegral,
      offered: this.offeredIntegral,
      ms: this.lastChangeMs - this.firstAtMs,
    };
  }

  change(next: { busy: number; queued: number; concurrency: number }): void {
    this.pass();
    this.concurrency = next.concurrency;
    this.busy = next.busy;
    this.queued = next.queued;
    this.unfinishedMax = Math.max(this.unfinishedMax, next.busy + next.queued);
    for (; this.busyMax < next.busy; this.busyMax += 1)
      this.reached.push(Math.round(this.lastChangeMs - (this.firstAtMs ?? this.lastChangeMs)));
  }

  usage(): SlotUsage {
    const { busy, offered, ms } = this.atLastSubmit;
    return {
      busy: this.busy,
      queued: this.queued,
      concurrency: this.concurrency,
      busy_max: this.busyMax,
      unfinished_max: this.unfinishedMax,
      busy_share: offered === 0 ? null : busy / offered,
      submitting_ms: Math.round(ms),
      busy_reached_ms: Object.fromEntries(this.reached.map((atMs, at) => [String(at + 1), atMs])),
    };
  }

  private pass(now = this.nowMs()): void {
    if (this.firstAtMs === null) return;
    this.busyIntegral += this.busy * (now - this.lastChangeMs);
    this.offeredIntegral += this.concurrency * (now - this.lastChangeMs);
    this.lastChangeMs = now;
  }
}
