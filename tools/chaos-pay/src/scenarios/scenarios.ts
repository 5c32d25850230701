import type { Scenario } from '../scenario.js';
import { budget } from './budget.js';
import { busy, ramp } from './busy.js';
import { cancel } from './cancel.js';
import { idempotency } from './idempotency.js';
import { key } from './key.js';
import { freeze, kill, killListing } from './kill.js';
import { pause } from './pause.js';
import { rolling } from './rolling.js';

/** In the order in which the command plays them. */
export const scenarios: readonly Scenario[] = [
  kill,
  killListing,
  freeze,
  rolling,
  busy,
  ramp,
  key,
  budget,
  cancel,
  pause,
  idempotency,
];
