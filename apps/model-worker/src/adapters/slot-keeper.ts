import type { Lane } from '@image2model/contracts';
import type { Governor, Progress, SlotWait } from '@image2model/progress';
import type { Logger } from '@image2model/service-kit';
import { inTurns } from '../domain/in-turns.js';
import type { SlotAnswer, Slots, WaitingFile } from '../domain/slots.js';

interface Waiting extends WaitingFile {
  /** `near` was called */
  told: boolean;
  end: (how: SlotAnswer) => void;
}

interface Deps {
  governor: Governor;
  attempts: Pick<Progress['attempts'], 'mayStart' | 'touch'>;
  logger: Logger;
}

/** Waiting files whose batches are looked at, and that are said to be alive, once in so long, ms. */
const lookEveryMs = 1_000;
const touchEveryMs = 30_000;
/** Until then the reconciler does not think a waiting file lost, ms. */
const touchForMs = 120_000;
/** The oldest are asked for; more would only make the question longer. */
const mostAsked = 32;
/** So many may be made ready while they wait. */
const nearest = 6;
const afterErrorMs = 1_000;

/**
 * The files of this process that wait for one of the fleet's slots at the provider. All of them are asked for together,
 * so the governor can choose between their tenants.
 */
export class SlotKeeper implements Slots {
  private readonly waiting = new Map<string, Waiting>();
  private readonly closed = new Set<Lane>();
  private pumping = false;
  private wake: (() => void) | undefined;
  private lookedAtMs = 0;
  private touchedAtMs = 0;
  /** why the last one that was asked for had to wait */
  private reason: SlotWait | null = null;

  constructor(private readonly deps: Deps) {}

  get size(): number {
    return this.waiting.size;
  }

  wait(request: WaitingFile, signal: AbortSignal): Promise<SlotAnswer> {
    if (signal.aborted || this.closed.has(request.lane)) return Promise.resolve('stopped');
    return new Promise((resolve) => {
      const stop = (): void => entry.end('stopped');
      const entry: Waiting = {
        ...request,
        told: false,
        end: (how) => {
          this.waiting.delete(request.intent);
          signal.removeEventListener('abort', stop);
          resolve(how);
        },
      };
      signal.addEventListener('abort', stop, { once: true });
      this.waiting.set(request.intent, entry);
      this.touchedAtMs = Math.min(this.touchedAtMs, performance.now() - touchEveryMs + lookEveryMs);
      this.nudge();
    });
  }

  close(lane: Lane): void {
    this.closed.add(lane);
    for (const entry of this.waiting.values()) if (entry.lane === lane) entry.end('stopped');
  }

  open(lane: Lane): void {
    this.closed.delete(lane);
  }

  /** Gives slots back; files that wait here are asked for at once. */
  async release(intents: readonly string[]): Promise<void> {
    await this.deps.governor.release(intents);
    this.nudge();
  }

  nudge(): void {
    this.wake?.();
    if (this.pumping) return;
    this.pumping = true;
    void this.pump().finally(() => {
      this.pumping = false;
      if (this.waiting.size > 0) this.nudge();
    });
  }

  private async pump(): Promise<void> {
    while (this.waiting.size > 0) {
      let againMs = afterErrorMs;
      try {
        await this.look();
        if (this.waiting.size === 0) return;
        againMs = await this.ask();
      } catch (error) {
        this.deps.logger.warn('the governor was not asked', { error });
      }
      if (this.waiting.size > 0) await this.sleep(againMs);
    }
  }

  private async ask(): Promise<number> {
    const { governor, logger } = this.deps;
    const asked = inTurns([...this.waiting.values()], mostAsked);
    for (const entry of asked.slice(0, nearest)) {
      if (entry.told) continue;
      entry.told = true;
      entry.near();
    }
    const reply = await governor.acquire(
      asked.map(({ intent, tenant, batchId }) => ({ intent, tenant, batchId })),
    );
    const unwanted: string[] = [];
    for (const intent of reply.granted) {
      const entry = this.waiting.get(intent);
      if (entry === undefined) unwanted.push(intent);
      else entry.end('granted');
    }
    if (unwanted.length > 0) await governor.release(unwanted);
    if (reply.wait !== null && reply.wait.code !== this.reason?.code)
      logger.info('files wait for the provider', { code: reply.wait.code, detail: reply.wait.detail });
    this.reason = reply.wait;
    return reply.againMs;
  }

  /** Batches that were cancelled, held or ended meanwhile, and files that waited too long. */
  private async look(): Promise<void> {
    const now = performance.now();
    for (const entry of this.waiting.values()) if (entry.untilMs <= now) entry.end('late');
    if (now - this.lookedAtMs < lookEveryMs) return;
    this.lookedAtMs = now;
    const groups = new Map<string, Waiting[]>();
    for (const entry of this.waiting.values())
      groups.set(entry.batchId, [...(groups.get(entry.batchId) ?? []), entry]);
    const touch = now - this.touchedAtMs >= touchEveryMs;
    if (touch) this.touchedAtMs = now;
    await Promise.all(
      [...groups].map(async ([batchId, entries]) => {
        const files = entries.map(({ idx }) => idx);
        if (touch) await this.deps.attempts.touch(batchId, files, touchForMs);
        if (!(await this.deps.attempts.mayStart(batchId))) for (const entry of entries) entry.end('ask');
      }),
    );
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.wake = done;
    });
  }
}
