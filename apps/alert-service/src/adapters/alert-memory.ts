import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Failure } from '@image2model/contracts';
import type { AlertRecords, Fleet } from '@image2model/progress';
import type { AlertMemory } from '../domain/decide-alert.js';
import type { MemoryStore, Remembered } from '../domain/memory-store.js';
import { newerMemory } from '../domain/newer-memory.js';

/** Longer than one decision takes, a slow broker included. */
const holdMs = 30_000;
const mostRemembered = 1_000;
const busyCode = 'dependency.alert_busy';

type Decide = (known: Remembered) => Promise<AlertMemory | undefined>;

/**
 * Redis is the memory of all processes; each keeps a copy of what it decided itself, so that an outage of Redis, which
 * alerts tell of, is told once. A process that dies in the middle holds a fingerprint up for 30 s at most.
 */
export class AlertMemories implements MemoryStore {
  readonly #own = new Map<string, AlertMemory>();
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(
    private readonly alerts: Pick<AlertRecords, 'read' | 'write'>,
    private readonly fleet: Pick<Fleet, 'holdLease' | 'dropLease'>,
    private readonly patienceMs: number = holdMs + 5_000,
  ) {}

  async inTurn(fingerprint: string, decide: Decide): Promise<void> {
    const before = this.#turns.get(fingerprint) ?? Promise.resolve();
    const mine = before.then(() => this.#holding(fingerprint, decide));
    const settled = mine.catch(() => undefined);
    this.#turns.set(fingerprint, settled);
    try {
      await mine;
    } finally {
      if (this.#turns.get(fingerprint) === settled) this.#turns.delete(fingerprint);
    }
  }

  async #holding(fingerprint: string, decide: Decide): Promise<void> {
    const name = `alert:${fingerprint}`;
    const holder = randomUUID();
    const held = await this.#take(name, holder);
    try {
      const shared = held ? await this.alerts.read(fingerprint).catch(() => undefined) : undefined;
      const memory = newerMemory(this.#own.get(fingerprint), shared ?? null);
      const next = await decide({ memory, blind: shared === undefined });
      if (next === undefined) return;
      this.#keep(fingerprint, next);
      // the own copy stands until Redis is back
      if (held) await this.alerts.write(fingerprint, next).catch(() => undefined);
    } finally {
      if (held) await this.fleet.dropLease(name, holder).catch(() => undefined); // it ends by itself
    }
  }

  #keep(fingerprint: string, next: AlertMemory): void {
    this.#own.delete(fingerprint);
    this.#own.set(fingerprint, next);
    const [oldest] = this.#own.keys();
    if (this.#own.size > mostRemembered && oldest !== undefined) this.#own.delete(oldest);
  }

  /** @returns false while Redis is away: then nobody is kept out */
  async #take(name: string, holder: string): Promise<boolean> {
    const until = performance.now() + this.patienceMs;
    for (;;) {
      try {
        if (await this.fleet.holdLease(name, holder, holdMs)) return true;
      } catch {
        return false;
      }
      if (performance.now() > until)
        throw new Failure('dependency', 'alerts of this trouble are being handled elsewhere', {
          code: busyCode,
        });
      await pause(100);
    }
  }
}
