import { Failure } from '@image2model/contracts';
import type { FalApi } from '@image2model/fal';
import type { Governor } from '@image2model/progress';
import type { Logger } from '@image2model/service-kit';
import type { GenerationWatch } from '../domain/generation-watch.js';
import type { Generation } from '../domain/paid-file.js';
import { nextLookMs, type PollPace } from '../domain/poll-pace.js';

interface Watched extends Generation {
  nextAtMs: number;
  looks: number;
  /** looks in a row at which the provider did not know it */
  missing: number;
  state: 'queued' | 'running' | null;
  lookedAtMs: number;
  looking: boolean;
  onState: (state: 'queued' | 'running') => void;
  end: (result: 'completed' | Failure) => void;
}

interface Deps {
  api: Pick<FalApi, 'status'>;
  governor: Pick<Governor, 'report'>;
  instance: string;
  pace: PollPace;
  /** how many the provider seems to run at a time */
  onLimit: (limit: number) => void;
  /** the provider refuses the key */
  onRefused: (failure: Failure) => void;
  logger: Logger;
}

const looksAtOnce = 16;
const reportEveryMs = 400;
const queuedEveryMs = 500;
/** Older looks say nothing of what the provider does now, ms. */
const freshMs = 2_000;
/** A request that was just accepted may be unknown for a moment. */
const missingMost = 4;
const missingEveryMs = 2_000;
const refusedEveryMs = 10_000;
const troubleEveryMs = 2_000;

/** Looks at all generations that this process waits for, in the order of their turn; what it sees steers the governor. */
export class GenerationPoller implements GenerationWatch {
  private readonly watched = new Map<string, Watched>();
  private readonly seen = { startedAtOnce: 0, waited: 0 };
  private readonly stop = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private looking = 0;
  private reportedAtMs = 0;

  constructor(private readonly deps: Deps) {}

  get size(): number {
    return this.watched.size;
  }

  watch(
    generation: Generation,
    options: { signal: AbortSignal; onState: (state: 'queued' | 'running') => void },
  ): Promise<void> {
    const { signal, onState } = options;
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        if (this.watched.get(generation.intent) === entry) this.watched.delete(generation.intent);
        signal.removeEventListener('abort', stopped);
      };
      const stopped = (): void => {
        leave();
        reject(signal.reason as Error);
      };
      const now = Date.now();
      const entry: Watched = {
        ...generation,
        ...{ looks: 0, missing: 0, state: null, lookedAtMs: 0, looking: false, onState },
        nextAtMs: Math.max(now, generation.boundAtMs + this.deps.pace.firstMs),
        end: (result) => {
          leave();
          if (result === 'completed') resolve();
          else reject(result);
        },
      };
      signal.addEventListener('abort', stopped, { once: true });
      this.watched.set(generation.intent, entry);
      this.schedule();
    });
  }

  /** Those that had not ended at the last look. */
  unfinished(): Iterable<Generation> {
    return this.watched.values();
  }

  /** The provider says that something happened: look at once. */
  poke(intent: string): void {
    const entry = this.watched.get(intent);
    if (entry === undefined) return;
    entry.nextAtMs = 0;
    this.schedule();
  }

  close(): Promise<void> {
    clearTimeout(this.timer);
    this.stop.abort();
    return Promise.resolve();
  }

  private schedule(): void {
    clearTimeout(this.timer);
    if (this.stop.signal.aborted || this.looking >= looksAtOnce) return;
    let next = Infinity;
    for (const entry of this.watched.values()) if (!entry.looking) next = Math.min(next, entry.nextAtMs);
    if (next === Infinity) return;
    this.timer = setTimeout(() => this.turn(), Math.max(0, next - Date.now())).unref();
  }

  private turn(): void {
    const now = Date.now();
    const due = [...this.watched.values()]
      .filter((entry) => !entry.looking && entry.nextAtMs <= now)
      .sort((a, b) => a.nextAtMs - b.nextAtMs);
    for (const entry of due.slice(0, looksAtOnce - this.looking)) void this.look(entry);
    this.report(now);
    this.schedule();
  }

  private async look(entry: Watched): Promise<void> {
    entry.looking = true;
    this.looking += 1;
    try {
      const { state } = await this.deps.api.status(entry.handle, this.stop.signal);
      entry.missing = 0;
      this.count(entry, state);
      if (state === 'completed') return entry.end('completed');
      if (entry.state !== state) entry.onState(state);
      entry.state = state;
      const now = Date.now();
      entry.lookedAtMs = now;
      const nextMs = nextLookMs(now - entry.boundAtMs, this.deps.pace);
      // what waits in the provider's queue tells how many it runs at a time
      entry.nextAtMs = now + (state === 'queued' ? Math.min(nextMs, queuedEveryMs) : nextMs);
    } catch (error) {
      this.trouble(entry, Failure.from(error));
    } finally {
      entry.looking = false;
      this.looking -= 1;
      this.schedule();
    }
  }

  /** What the first look at a request tells: it ran at once, or it waits in the provider's own queue. */
  private count(entry: Watched, state: 'queued' | 'running' | 'completed'): void {
    entry.looks += 1;
    if (entry.looks > 1) return;
    if (state === 'queued') this.seen.waited += 1;
    else this.seen.startedAtOnce += 1;
  }

  private trouble(entry: Watched, failure: Failure): void {
    const now = Date.now();
    if (this.stop.signal.aborted) return;
    if (failure.kind === 'expired') {
      entry.missing += 1;
      if (entry.missing >= missingMost) return entry.end(failure);
      entry.nextAtMs = now + missingEveryMs;
      return;
    }
    if (failure.kind === 'auth' || failure.kind === 'account') {
      this.deps.onRefused(failure);
      entry.nextAtMs = now + refusedEveryMs;
      return;
    }
    this.deps.logger.debug('a look at a generation failed; the next one follows', {
      intent: entry.intent,
      error: failure,
    });
    entry.nextAtMs = now + Math.max(failure.retryAfterMs ?? 0, troubleEveryMs);
  }

  private report(now: number): void {
    if (now - this.reportedAtMs < reportEveryMs) return;
    this.reportedAtMs = now;
    const { governor, instance, logger, onLimit } = this.deps;
    let [queued, running] = [0, 0];
    for (const { state, lookedAtMs } of this.watched.values()) {
      if (now - lookedAtMs > freshMs) continue;
      if (state === 'queued') queued += 1;
      if (state === 'running') running += 1;
    }
    const { startedAtOnce, waited } = this.seen;
    Object.assign(this.seen, { startedAtOnce: 0, waited: 0 });
    governor.report(instance, { queued, running, startedAtOnce, waited }).then(
      ({ limit }) => onLimit(limit),
      (error: unknown) => logger.warn('the governor was not told what the provider does', { error }),
    );
  }
}
