import type { Alert } from './alert.js';

/** Somewhere alerts go. Rejects with a Failure when it could not take one. */
export interface Channel {
  deliver(alert: Alert, repeats: number): Promise<void>;
}

/** `unguarded`: delivered without looking whether it was before. */
export type DeliveryOutcome = 'delivered' | 'repeat' | 'known' | 'unguarded';

/** Decides, durably, whether an alert is delivered: each id once, each state of a code once in ten minutes. */
export interface DeliveryGuard {
  /** Runs `deliver` or not; when it rejects, another try may deliver. */
  once(alert: Alert, deliver: (repeats: number) => Promise<void>): Promise<DeliveryOutcome>;
}
