/** What the whole installation knows of a paid provider. */
export interface ProviderState {
  /** generations it is believed to run at a time */
  limit: number;
  /** most that may be accepted and not ended */
  permitted: number;
  inUse: number;
  waiting: number;
  /** why nobody may send it anything */
  parked: { code: string; detail: string; sinceMs: number } | null;
  /** it asked us to slow down; 0 when it never did */
  stoppedUntilMs: number;
}

/** By the provider's name; those that cost nothing have none. */
export type ProviderStates = ReadonlyMap<string, ProviderState>;
export const noProviderStates: ProviderStates = new Map();
