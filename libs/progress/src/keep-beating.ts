import { repeat, type Logger, type Repetition } from '@image2model/service-kit';
import type { Fleet } from './fleet.js';

const everyMs = 5_000;

/** Says every 5 s that this process lives, until it is closed; then it leaves at once. */
export function keepBeating(
  fleet: Fleet,
  logger: Logger,
  self: { name: string; instance: string; version: string; startedAtMs: number },
  load: () => { slots: number; active: number } = () => ({ slots: 0, active: 0 }),
): { close(): Promise<void> } {
  const { name, ...rest } = self;
  const beats: Repetition = repeat({
    name: 'heartbeat',
    everyMs,
    logger,
    run: () => fleet.beat({ ...rest, service: name, pid: process.pid, ...load() }),
  });
  return {
    close: async () => {
      await beats.close();
      await fleet.leave(self.instance);
    },
  };
}
