import type { Outgoing } from './outgoing.js';
import type { Publisher } from './publisher.js';

/** Of one call; the publisher bounds the sum of all. */
const window = 1024;

/** Sends all, at most `window` at a time, and takes the next one only when there is room for it. */
export function publishMany(publisher: Publisher, messages: Iterable<Outgoing>): Promise<void> {
  const source = messages[Symbol.iterator]();
  return new Promise((resolve, reject) => {
    let inFlight = 0;
    let exhausted = false;
    let pumping = false;
    let failed: { reason: unknown } | undefined;

    const next = (): Outgoing | undefined => {
      const { done, value } = source.next();
      exhausted = done === true;
      return done === true ? undefined : value;
    };
    const pump = (): void => {
      // A refused message is done at once, from within this loop.
      if (pumping) return;
      pumping = true;
      while (!exhausted && failed === undefined && inFlight < window) sendNext();
      pumping = false;
      if (inFlight > 0) return;
      if (failed === undefined) return resolve();
      source.return?.();
      reject(failed.reason);
    };
    const sendNext = (): void => {
      try {
        const message = next();
        if (message === undefined) return;
        inFlight++;
        publisher.send(message, (failure) => {
          inFlight--;
          if (failure !== undefined) failed ??= { reason: failure };
          pump();
        });
      } catch (error) {
        failed ??= { reason: error };
      }
    };
    pump();
  });
}
