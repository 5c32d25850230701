import type { alertSend, Envelope, PayloadOf, Severity, ToldAlert } from '@image2model/contracts';

/** One thing that people should know. */
export interface Alert extends ToldAlert {
  /** its sender told the same before */
  repeat: boolean;
}

/** What an alert says of its trouble; the same state again is a repeat, another one is news. */
export type AlertState = Severity | 'resolved';

export const stateOf = ({ severity, resolved }: Pick<Alert, 'severity' | 'resolved'>): AlertState =>
  resolved ? 'resolved' : severity;

/** What came as a message, or through Redis. */
export function alertOf({
  id,
  occurredAt,
  payload,
}: Pick<Envelope<PayloadOf<typeof alertSend>>, 'id' | 'occurredAt' | 'payload'>): Alert {
  const { severity, code, fingerprint = code, message, resolved, details, repeat = false } = payload;
  return { id, severity, code, fingerprint, message, resolved, details, at: occurredAt, repeat };
}

/** @param keptBack how often the same was not told since it was told last */
export function toldAlertOf({ repeat: _repeat, ...told }: Alert, keptBack: number): ToldAlert {
  if (keptBack === 0) return told;
  return { ...told, message: `${told.message} (and ${keptBack} more since the last notice)` };
}
