import type { alertSend, PayloadOf, Severity } from '@image2model/contracts';

/** One thing that people should know. */
export interface Alert extends Pick<
  PayloadOf<typeof alertSend>,
  'severity' | 'code' | 'message' | 'resolved'
> {
  /** names the occurrence */
  id: string;
}

/** What an alert says of its code; the same state again is a repeat, another one is news. */
export type AlertState = Severity | 'resolved';
export const alertStates: readonly AlertState[] = ['info', 'warning', 'critical', 'resolved'];

export const stateOf = ({ severity, resolved }: Alert): AlertState => (resolved ? 'resolved' : severity);

/** The body of the webhook. `resolved` is there only when it is true. */
export interface WebhookBody {
  id: string;
  severity: Severity;
  code: string;
  message: string;
  resolved?: true;
}

/** @param repeats how often the same was kept back since it was last told */
export function webhookBody({ id, severity, code, message, resolved }: Alert, repeats: number): WebhookBody {
  const text = repeats === 0 ? message : `${message} (and ${repeats} more since the last notice)`;
  return { id, severity, code, message: text, ...(resolved ? { resolved: true } : {}) };
}
