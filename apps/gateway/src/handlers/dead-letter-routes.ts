import type { Broker } from '@image2model/broker';
import type { Progress } from '@image2model/progress';
import type { Route } from '../domain/route.js';
import type { AuditingParts } from './audit-operator.js';
import { discardAllDeadLetters, discardDeadLetter } from './discard-dead-letters.js';
import { getDeadLetter, listDeadLetters } from './read-dead-letters.js';
import { redriveAllDeadLetters, redriveDeadLetter } from './redrive-dead-letters.js';

interface Parts extends AuditingParts {
  deadLetters: Progress['deadLetters'];
  broker: Pick<Broker, 'publish'>;
}

/** Every route below /v1/ops/dead-letters. */
export const deadLetterRoutesOf = (parts: Parts): Route[] => [
  listDeadLetters(parts),
  redriveAllDeadLetters(parts),
  discardAllDeadLetters(parts),
  getDeadLetter(parts),
  redriveDeadLetter(parts),
  discardDeadLetter(parts),
];
