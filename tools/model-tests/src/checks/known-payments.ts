import type { LedgerRow } from '@image2model/progress';

/** Every file costs the same. */
export const priceMicro = 200_000;

/** What is known of one decision to pay. */
export interface KnownRow {
  idx: number;
  run: number;
  state: LedgerRow['state'];
  requestId: string | null;
}
/** What is known of one file's payments in this run, from the replies alone. */
export interface KnownPayments {
  /** the decision whose answer it waits for, or whose generation */
  intent: string | null;
  /** somebody handles the result */
  works: boolean;
  submits: number;
  again: boolean;
  givenUp: boolean;
  /** the provider was seen to fetch its image */
  seen: boolean;
  /** the run it was last chosen for */
  since: number;
}
/** A worker that wants to decide. @param tillMs until when its claim holds; null: it has none */
export interface Asking {
  idx: number;
  intent: string;
  tillMs: number | null;
  nowMs: number;
  mostSubmits: number;
}

export const fresh = (since = 1): KnownPayments => ({
  ...{ intent: null, works: false, submits: 0, again: false, givenUp: false, seen: false, since },
});
