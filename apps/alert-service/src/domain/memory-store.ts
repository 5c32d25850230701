import type { AlertMemory } from './decide-alert.js';

export interface Remembered {
  memory: AlertMemory | undefined;
  /** Redis does not answer: only what this process knows by itself. */
  blind: boolean;
}

/** What people were told of each trouble, over all processes and over an outage of Redis. */
export interface MemoryStore {
  /**
   * One alert of a fingerprint at a time. What `decide` gives back is remembered; nothing when it rejects.
   * @throws Failure when others work on the fingerprint for longer than anybody should
   */
  inTurn(fingerprint: string, decide: (known: Remembered) => Promise<AlertMemory | undefined>): Promise<void>;
}
