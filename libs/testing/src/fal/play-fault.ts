import type { Exchange } from './exchange.js';
import { HttpAnswer } from './http-answer.js';
import type { Job } from './job.js';
import type { World } from './world.js';

/** Plays a fault that only errs, resets or delays; @returns whether the request is over with it */
export async function playFault(
  world: World,
  exchange: Exchange,
  stage: 'status' | 'result',
  job: Job,
): Promise<boolean> {
  const rule = world.faults.strike(stage, job);
  switch (rule?.fault) {
    case 'status_reset':
      exchange.reset();
      return true;
    case 'status_error':
    case 'result_error':
      throw new HttpAnswer(rule.status ?? 503, { detail: 'Service Unavailable' });
    case 'slow_status':
    case 'slow_result':
      await exchange.wait(rule.delayMs);
      return false;
    default:
      return false;
  }
}
