import type { HealthFacts } from './health-facts.js';
import { critical, warning, type Reason } from './reason.js';

/** Parked because the account does not work: nothing is generated until a person acts. */
const accountTrouble = new Set(['provider_auth', 'provider_account']);

/** Whether the work itself moves on. @param backlogWarningS how long a file may wait; 0: as long as it takes */
export function judgeWork(
  { work, redis }: Pick<HealthFacts, 'work' | 'redis'>,
  backlogWarningS: number,
): Reason[] {
  if (!work.ok)
    return redis.ok ? [warning('work', `The state of the work cannot be read: ${work.error}`)] : [];
  const { oldestWaitingS, openDeadLetters, unannounced, providers } = work;
  const reasons = providers.map(({ name, code, detail }) =>
    accountTrouble.has(code)
      ? critical(
          'provider',
          `Provider ${name} is parked (${code}): ${detail}; its files wait until that is put right`,
        )
      : warning('provider', `Provider ${name} is paused: ${detail}; its files wait until it is resumed`),
  );
  if (backlogWarningS > 0 && oldestWaitingS !== null && oldestWaitingS > backlogWarningS)
    reasons.push(
      warning(
        'backlog',
        `The oldest waiting file has waited ${Math.floor(oldestWaitingS / 60)} min: add model-workers, or see what it waits for`,
      ),
    );
  if (openDeadLetters > 0)
    reasons.push(
      warning('dead_letters_open', `${openDeadLetters} dead letters are open: redrive or discard them`),
    );
  if (unannounced > 0)
    reasons.push(
      warning(
        'outbox',
        `${unannounced} batches ended without their completion being announced: look at the batch-orchestrator`,
      ),
    );
  return reasons;
}
