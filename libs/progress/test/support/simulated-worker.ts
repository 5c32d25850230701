import type { Governor, SlotRequest } from '../../src/index.js';
import type { JobState, SimulatedProvider, Timeline } from './simulated-provider.js';

/** What one worker process does with the governor; its files come from lists that all workers share. */
export class SimulatedWorker {
  private readonly jobs = new Map<string, { state: JobState }>();
  private readonly seen = new Map<string, JobState>();
  private readonly tenants = new Map<string, string>();
  private waiting: SlotRequest[] = [];
  private startedAtOnce = 0;
  private waited = 0;
  private asks = 0;
  readonly done: { tenant: string; atMs: number }[] = [];

  constructor(
    private readonly setup: {
      name: string;
      time: Timeline;
      provider: SimulatedProvider;
      governor: Governor;
      random: () => number;
      lookMs: number;
      /** the next file that nobody has, or none */
      next: () => SlotRequest | undefined;
      /** most that wait for a slot at the same time */
      waitMost?: number;
      /** from the slot to the submit: upload, intent, the POST itself */
      prepareMs?: readonly [number, number];
    },
  ) {}

  start(): void {
    this.setup.time.in(this.setup.random() * 50, () => this.ask((this.asks += 1)));
    this.setup.time.in(this.setup.random() * 300, () => this.report());
  }

  private async ask(round: number): Promise<void> {
    if (round !== this.asks) return;
    const { governor, time, next, waitMost = 16, random, prepareMs = [10, 40] } = this.setup;
    while (this.waiting.length < waitMost) {
      const file = next();
      if (file === undefined) break;
      this.waiting.push(file);
    }
    const { granted, againMs } = await governor.acquire(this.waiting);
    const sent = this.waiting.filter(({ intent }) => granted.includes(intent));
    this.waiting = this.waiting.filter(({ intent }) => !granted.includes(intent));
    const [least, most] = prepareMs;
    for (const file of sent) time.in(least + random() * (most - least), () => this.submit(file));
    if (this.waiting.length > 0 || sent.length > 0) {
      const later = (this.asks += 1);
      time.in(againMs === 0 ? 50 : againMs, () => this.ask(later));
    }
  }

  private async submit({ intent, tenant }: SlotRequest): Promise<void> {
    const { governor, provider, time, lookMs } = this.setup;
    this.tenants.set(intent, tenant);
    this.jobs.set(intent, provider.submit());
    await governor.accepted(intent);
    await governor.bound(intent, 1_800_000, { tenant });
    time.in(lookMs, () => this.look(intent));
  }

  private async look(intent: string): Promise<void> {
    const { governor, time, lookMs } = this.setup;
    const state = this.jobs.get(intent)?.state ?? 'completed';
    if (!this.seen.has(intent)) {
      if (state === 'queued') this.waited += 1;
      else this.startedAtOnce += 1;
    }
    this.seen.set(intent, state);
    if (state !== 'completed') {
      time.in(lookMs, () => this.look(intent));
      return;
    }
    this.jobs.delete(intent);
    this.seen.delete(intent);
    this.done.push({ tenant: this.tenants.get(intent) ?? '', atMs: time.nowMs });
    await governor.release([intent]);
    // a place came free here: no need to wait for the next round
    await this.ask((this.asks += 1));
  }

  private async report(): Promise<void> {
    const { governor, name, time } = this.setup;
    const states = [...this.seen.values()];
    await governor.report(name, {
      queued: states.filter((state) => state === 'queued').length,
      running: states.filter((state) => state === 'running').length,
      startedAtOnce: this.startedAtOnce,
      waited: this.waited,
    });
    this.startedAtOnce = this.waited = 0;
    time.in(300, () => this.report());
  }
}
