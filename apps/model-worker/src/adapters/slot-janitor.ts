import { fileOfIntent } from '@image2model/contracts';
import type { Governor, Progress } from '@image2model/progress';
import { repeat, type Logger } from '@image2model/service-kit';

interface Deps {
  governor: Pick<Governor, 'release' | 'slots'>;
  progress: Pick<Progress, 'fleet' | 'ledger'>;
  instance: string;
  logger: Logger;
}

const everyMs = 10_000;
/** Younger ones are in somebody's hands. */
const youngMs = 15_000;

/** Gives slots back whose file has ended while their worker died: they would stand empty until the hard limit. */
export function tidySlots({ governor, progress, instance, logger }: Deps): { close(): Promise<void> } {
  return repeat({
    name: 'looking after slots',
    everyMs,
    atOnce: false,
    logger,
    run: async () => {
      if (!(await progress.fleet.holdLease('slots:fal', instance, everyMs))) return;
      const old = Date.now() - youngMs;
      const dead: string[] = [];
      for (const { intent, takenAtMs } of await governor.slots()) {
        const file = fileOfIntent(intent);
        if (takenAtMs > old || file === null) continue;
        if (!(await progress.ledger.isLive(file.batchId, file.idx, intent))) dead.push(intent);
      }
      if (dead.length === 0) return;
      await governor.release(dead);
      logger.info('gave slots back whose files have ended', { slots: dead.length });
    },
  });
}
