import type { Screen } from './screen.js';
import { counted } from '../output/format.js';

const quietMs = 15_000;

/** Tells now and then that the line is bad. @param patienceMs how long that is borne */
export function sayTrouble(screen: Screen, patienceMs: number): (error: Error, pauseMs: number) => void {
  let saidAtMs = 0;
  return (error) => {
    if (Date.now() - saidAtMs < quietMs) return;
    saidAtMs = Date.now();
    screen.say(
      `${error.message} Trying again; nothing is lost meanwhile (${counted(patienceMs / 60_000, 'minute')} at most).`,
    );
  };
}
