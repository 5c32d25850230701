import type { AppProcess } from '@image2model/testing';
import type { Trial } from './trial.js';

/** How the armed process is brought to its failpoint. */
export interface Scenario {
  /** For the armed process only. */
  env?: Readonly<Record<string, string>>;
  /** Before the armed process starts; no other process of its service lives then. */
  prepare?(trial: Trial): Promise<unknown>;
  /** When the armed process is ready, or was hit by its failpoint before it was. */
  provoke?(trial: Trial, armed: AppProcess): Promise<unknown>;
  /** The armed process ends by itself, also when the failpoint only throws. */
  ends?: boolean;
  /** The point may be armed for any time up to this one; 1 unless given. */
  times?: number;
}

/** A scenario for each of several points. */
export const each = (names: readonly string[], scenario: Scenario): Record<string, Scenario> =>
  Object.fromEntries(names.map((name) => [name, scenario]));
