import { createHostGate } from '@image2model/safe-fetch';
import type { HostPlaces } from '../domain/webhook-sender.js';

/** At most so many posts to one host at a time in this process; others wait for a while and are then sent away. */
export function createHostPlaces(perHost: number, patienceMs: number): HostPlaces {
  const gate = createHostGate(perHost);
  return async (url, signal) => {
    const patience = AbortSignal.timeout(patienceMs);
    try {
      return await gate.enter(new URL(url).host, AbortSignal.any([signal, patience]));
    } catch (error) {
      if (patience.aborted && !signal.aborted) return null;
      throw error;
    }
  };
}
