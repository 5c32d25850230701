import type { Exit, System } from '@image2model/testing';
import { waitFor } from '@image2model/testing';

/** Starts every process again that ends, as Kubernetes or `npm start` does. */
export interface KeepRunning {
  /** How the processes of a service ended so far. */
  exits(service: string): readonly Exit[];
  stop(): Promise<void>;
}

export function keepRunning(system: System): KeepRunning {
  const ended = new Map<string, Exit[]>();
  let stopped = false;
  const watch = async (name: Parameters<System['restart']>[0], index: number): Promise<void> => {
    while (!stopped) {
      const exitOf = () => system.processes(name).find((one) => one.index === index)?.exit;
      await waitFor(() => stopped || exitOf() !== undefined, { everyMs: 50, timeoutMs: 600_000 });
      const exit = exitOf();
      if (exit === undefined || stopped) return;
      ended.set(name, [...(ended.get(name) ?? []), exit]);
      await system.restart(name, index);
    }
  };
  const watching = Promise.all(system.processes().map(({ name, index }) => watch(name, index)));
  // a failed start shows in `stop`
  watching.catch(() => undefined);
  return {
    exits: (service) => ended.get(service) ?? [],
    stop: async () => {
      stopped = true;
      await watching;
    },
  };
}
