import type { Progress } from '@image2model/progress';
import type { Metrics } from '@image2model/service-kit';
import { redriveDeadLetter } from './redrive-dead-letter.js';
import type { RedriveDeps } from './tell-redrive.js';

interface Deps extends RedriveDeps {
  progress: RedriveDeps['progress'] & Pick<Progress, 'fleet'>;
  metrics: Pick<Metrics, 'inc' | 'set' | 'clear'>;
  instance: string;
}

const perSweep = 200;
const leaseMs = 60_000;

/**
 * One sweep over the dead letters that are being redriven: those that waited for their batch to end, and those whose task
 * was lost between the state and the message. One process at a time.
 * @param afterMs a redrive that moved more recently is left to whoever moved it
 */
export function createRedriveSweep(deps: Deps, afterMs: number): () => Promise<void> {
  const { progress, instance, metrics, logger } = deps;
  let below: string | undefined;
  return async () => {
    if (!(await progress.fleet.holdLease('redrive', instance, leaseMs))) {
      // another process counts now; our last number would stay for ever
      metrics.clear('dead_letters_open');
      return;
    }
    metrics.set('dead_letters_open', {}, (await progress.deadLetters.counts()).open);
    const from = below === undefined ? {} : { below };
    const { letters, next } = await progress.deadLetters.list('redriving', { limit: perSweep, ...from });
    for (const { id, stateAtMs } of letters)
      if ((stateAtMs ?? 0) <= Date.now() - afterMs)
        await redriveDeadLetter(deps, id).catch((error: unknown) =>
          logger.warn('a dead letter could not be redriven; tried again later', { deadLetterId: id, error }),
        );
    below = next ?? undefined;
  };
}
