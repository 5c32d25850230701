/** Passes unless it throws or answers false. */
export type ReadyCheck = () => boolean | void | Promise<boolean | void>;

export interface Readiness {
  add(name: string, check: ReadyCheck): void;
  /** What something still waits for, and why; shown while this is not ready. `undefined`: it waits no more. */
  waits(name: string, reason: string | undefined): void;
  /** `starting` until the service is built, `draining` once it was told to stop. */
  enter(phase: 'started' | 'draining'): void;
  /** Never throws; names what fails. */
  look(): Promise<{ ready: boolean; failing: string[] }>;
}

/** A check that takes longer counts as failed: probes have a short patience. */
const checkTimeoutMs = 2_000;

/** Whether this process should be given work. */
export function createReadiness(): Readiness {
  const checks = new Map<string, ReadyCheck>();
  const reasons = new Map<string, string>();
  const waiting = (): string[] => [...reasons].map(([name, reason]) => `${name}: ${reason}`);
  let phase: 'starting' | 'started' | 'draining' = 'starting';
  return {
    add: (name, check) => void checks.set(name, check),
    waits: (name, reason) => {
      if (reason === undefined) reasons.delete(name);
      else reasons.set(name, reason);
    },
    enter: (next) => {
      if (phase !== 'draining') phase = next;
    },
    look: async () => {
      if (phase !== 'started') return { ready: false, failing: [phase, ...waiting()] };
      const results = await Promise.all(
        [...checks].map(async ([name, check]) => ({ name, ok: await passes(check) })),
      );
      const failing = results.filter(({ ok }) => !ok).map(({ name }) => name);
      return { ready: failing.length === 0, failing: failing.length === 0 ? [] : [...failing, ...waiting()] };
    },
  };
}

async function passes(check: ReadyCheck): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), checkTimeoutMs);
  });
  const asked = Promise.resolve()
    .then(check)
    .then(
      (answer) => answer !== false,
      () => false,
    );
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}
