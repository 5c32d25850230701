import type { Fleet } from '@image2model/progress';
import type { Logger } from '@image2model/service-kit';
import { startTicksAt, tickAt, type Schedule, type Tick } from '../domain/schedule.js';

export interface SchedulerDeps {
  fleet: Pick<Fleet, 'elect' | 'serverTimeMs'>;
  schedules: readonly Schedule[];
  instance: string;
  logger: Logger;
  /** Asks for the job; a tick whose request failed is tried again at the next look. */
  fire: (tick: Tick, schedule: Schedule) => Promise<void>;
}

/** Long enough for any replica to look while the tick is the current one. */
const shortestElectionMs = 60_000;
const rememberedTicks = 1_000;

/**
 * Fires each tick from one of all replicas. Time is Redis's; with Redis away each replica goes by its own clock and nobody
 * elects, so that somebody still notices. Call `look` about every second.
 */
export class Scheduler {
  readonly #handled = new Set<string>();
  readonly #won = new Set<string>();
  #startedAtMs: number | undefined;

  constructor(private readonly deps: SchedulerDeps) {}

  async look(): Promise<void> {
    const { nowMs, elects } = await this.#clock();
    this.#startedAtMs ??= nowMs;
    for (const schedule of this.deps.schedules) {
      const regular = tickAt(schedule, nowMs);
      const [first, ...later] = startTicksAt(schedule, this.#startedAtMs, nowMs);
      // a regular tick that is caught up with at the start is the first run of this start
      if (regular !== undefined) await this.#handle({ tick: regular, replaces: first }, schedule, elects);
      for (const tick of [first, ...later])
        if (tick !== undefined) await this.#handle({ tick }, schedule, elects);
    }
  }

  async #handle(
    { tick, replaces }: { tick: Tick; replaces?: Tick | undefined },
    schedule: Schedule,
    elects: boolean,
  ): Promise<void> {
    if (this.#handled.has(tick.id)) return;
    if (elects && !this.#won.has(tick.id)) {
      if (!(await this.#elect(tick))) return this.#done(tick);
      this.#won.add(tick.id);
      if (replaces !== undefined && !this.#handled.has(replaces.id)) await this.#elect(replaces);
    }
    await this.deps.fire(tick, schedule);
    this.deps.logger.debug('tick fired', { tick: tick.id });
    this.#done(tick);
    if (replaces !== undefined) this.#done(replaces);
  }

  #elect({ id, periodMs }: Tick): Promise<boolean> {
    return this.deps.fleet.elect(id, this.deps.instance, Math.max(2 * periodMs, shortestElectionMs));
  }

  #done(tick: Tick): void {
    this.#won.delete(tick.id);
    this.#handled.add(tick.id);
    const [oldest] = this.#handled;
    if (this.#handled.size > rememberedTicks && oldest !== undefined) this.#handled.delete(oldest);
  }

  async #clock(): Promise<{ nowMs: number; elects: boolean }> {
    try {
      return { nowMs: await this.deps.fleet.serverTimeMs(), elects: true };
    } catch (error) {
      this.deps.logger.warn('Redis does not answer; ticks go by the clock of this machine', { error });
      return { nowMs: Date.now(), elects: false };
    }
  }
}
