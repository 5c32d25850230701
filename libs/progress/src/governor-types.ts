/** One file that wants to use the provider. */
export interface SlotRequest {
  intent: string;
  tenant: string;
  batchId: string;
}

/** Why a file waits for a slot. */
export interface SlotWait {
  code: 'provider_concurrency' | 'rate_limit' | 'provider_auth' | 'provider_account' | 'provider_paused';
  detail: string;
}

export interface SlotGrant {
  granted: string[];
  /** those of the granted that try out a parked provider */
  probe: string[];
  /** of the others; null when there are none */
  wait: SlotWait | null;
  /** when to ask again for the others, 0 when there are none */
  againMs: number;
}

/** Generations that run at the same time: the first guess, and the most that is ever tried. */
export interface GovernorLimits {
  start: number;
  most: number;
}

/** Why nobody gets a slot: the account does not work, or the operator stopped it. */
export interface ParkReason {
  code: 'provider_auth' | 'provider_account' | 'provider_paused';
  detail: string;
}

/** One process's view of its own generations. */
export interface SeenAtProvider {
  /** now, by looks that are at most 2 s old */
  queued: number;
  running: number;
  /** new ones since the last report that ran (or were done) at their first look */
  startedAtOnce: number;
  /** new ones since the last report that were queued at their first look */
  waited: number;
}

export interface GovernorState {
  /** how many the account seems to run at the same time */
  limit: number;
  /** accepted and unfinished at the same time: the limit and a surplus that waits in the provider's own queue */
  permitted: number;
  inUse: number;
  waiting: number;
  parked: (ParkReason & { sinceMs: number }) | null;
  /** nobody gets a slot before, after too many refusals; 0 = never stopped */
  stoppedUntilMs: number;
}

export interface SlotRecord {
  intent: string;
  tenant: string;
  untilMs: number;
  takenAtMs: number;
  /** accepted by the provider */
  bound: boolean;
}
