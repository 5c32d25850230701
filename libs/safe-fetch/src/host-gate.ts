import { FetchError } from './fetch-error.js';

/** Politeness: a few requests at once for each host, and none while it asked to be left alone. */
export interface HostGate {
  /**
   * @returns how to leave (once counts) @throws FetchError busy while the host is left alone; the signal's reason
   */
  enter(host: string, signal: AbortSignal): Promise<() => void>;
  /** Nobody asks this host for a while. */
  leaveAlone(host: string, forMs: number): void;
}

interface Host {
  inside: number;
  line: Set<() => void>;
}

export function createHostGate(most: number, now: () => number = () => performance.now()): HostGate {
  const hosts = new Map<string, Host>();
  const quietUntil = new Map<string, number>();
  const refuseQuiet = (host: string): void => {
    const leftMs = (quietUntil.get(host) ?? 0) - now();
    if (leftMs > 0)
      throw new FetchError('busy', `host ${host} asked to be asked later`, {
        retryAfterMs: Math.ceil(leftMs),
      });
    quietUntil.delete(host);
  };
  const leave = (name: string, host: Host): void => {
    const [next] = host.line;
    if (next !== undefined) {
      host.line.delete(next);
      next();
      return;
    }
    host.inside -= 1;
    if (host.inside === 0) hosts.delete(name);
  };
  return {
    enter: async (name, signal) => {
      signal.throwIfAborted();
      refuseQuiet(name);
      const host = hosts.get(name) ?? { inside: 0, line: new Set() };
      hosts.set(name, host);
      if (host.inside < most) host.inside += 1;
      else await turn(host.line, signal);
      let left = false;
      const once = (): void => {
        if (!left) leave(name, host);
        left = true;
      };
      try {
        refuseQuiet(name);
      } catch (error) {
        once();
        throw error;
      }
      return once;
    },
    leaveAlone: (host, forMs) => {
      for (const [other, until] of quietUntil) if (until <= now()) quietUntil.delete(other);
      quietUntil.set(host, Math.max(quietUntil.get(host) ?? 0, now() + forMs));
    },
  };
}

/** Waits in line; who is told to stop leaves it. */
function turn(line: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = (): void => {
      signal.removeEventListener('abort', stop);
      resolve();
    };
    const stop = (): void => {
      line.delete(next);
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
    line.add(next);
  });
}
