import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Failure } from '@image2model/contracts';
import type { Fleet } from '@image2model/progress';
import { alertStates, stateOf, type Alert } from '../domain/alert.js';
import type { DeliveryGuard, DeliveryOutcome } from '../domain/delivery.js';

/** Longer than a delivery may take (10 s); its marks are gone before somebody else can hold the code. */
const holdMs = 15_000;
const underWayMs = 12_000;

/** How long the same state of a code is not told again; a little less than ten minutes, the pace of health checks. */
const repeatWindowS = 595;

const busyCode = 'dependency.alert_busy';
const isBusy = (error: unknown): boolean => error instanceof Failure && error.code === busyCode;

const effectOf = ({ id }: Alert): string => `alert:${id}`;
const windowOf = ({ code }: Alert, state: string): string => `alert-window:${code}:${state}`;

type Effects = Pick<Fleet, 'holdLease' | 'dropLease' | 'claimEffect' | 'effectDone' | 'releaseEffect'>;
type Deliver = (repeats: number) => Promise<void>;

/**
 * One alert of a code at a time, over all processes: whoever holds the code may trust what Redis says of it, and a
 * process that died with it blocks it for 15 s at most. How many repeats were kept back is counted per process.
 * With Redis away alerts go out unguarded: one of them may say just that.
 */
export class RedisGuard implements DeliveryGuard {
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #keptBack = new Map<string, number>();

  constructor(
    private readonly fleet: Effects,
    private readonly patienceMs: number = holdMs + 3_000,
  ) {}

  async once(alert: Alert, deliver: Deliver): Promise<DeliveryOutcome> {
    let begun = false;
    const begin: Deliver = (repeats) => {
      begun = true;
      return deliver(repeats);
    };
    try {
      return await this.#inTurn(alert.code, () => this.#decide(alert, begin));
    } catch (error) {
      if (begun || isBusy(error)) throw error;
      await deliver(0);
      return 'unguarded';
    }
  }

  async #decide(alert: Alert, deliver: Deliver): Promise<DeliveryOutcome> {
    const window = windowOf(alert, stateOf(alert));
    const repeats = this.#keptBack.get(window) ?? 0;
    if (!(await this.fleet.claimEffect(effectOf(alert), underWayMs))) return 'known';
    if (!(await this.fleet.claimEffect(window, underWayMs))) {
      await this.fleet.effectDone(effectOf(alert));
      this.#keptBack.set(window, repeats + 1);
      return 'repeat';
    }
    try {
      await deliver(repeats);
    } catch (error) {
      // both end by themselves when Redis does not answer
      await Promise.allSettled([window, effectOf(alert)].map((id) => this.fleet.releaseEffect(id)));
      throw error;
    }
    this.#keptBack.delete(window);
    await this.#remember(alert);
    return 'delivered';
  }

  /** Another state of the same code is news again from now on. */
  async #remember(alert: Alert): Promise<void> {
    const state = stateOf(alert);
    const others = alertStates.filter((other) => other !== state);
    await Promise.all([
      this.fleet.effectDone(effectOf(alert)),
      this.fleet.effectDone(windowOf(alert, state), repeatWindowS),
      ...others.map((other) => this.fleet.releaseEffect(windowOf(alert, other))),
    ]);
  }

  /** One after the other in this process, then against the others. */
  async #inTurn<T>(code: string, run: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(code) ?? Promise.resolve();
    const mine = before.then(() => this.#holding(code, run));
    const settled = mine.catch(() => undefined);
    this.#turns.set(code, settled);
    try {
      return await mine;
    } finally {
      if (this.#turns.get(code) === settled) this.#turns.delete(code);
    }
  }

  async #holding<T>(code: string, run: () => Promise<T>): Promise<T> {
    const name = `alert:${code}`;
    const holder = randomUUID();
    const until = performance.now() + this.patienceMs;
    while (!(await this.fleet.holdLease(name, holder, holdMs))) {
      if (performance.now() > until)
        throw new Failure('dependency', 'alerts of this code are being delivered elsewhere', {
          code: busyCode,
        });
      await pause(100);
    }
    try {
      return await run();
    } finally {
      await this.fleet.dropLease(name, holder).catch(() => undefined); // it ends by itself
    }
  }
}
