import { z } from 'zod';
import { healthStatuses, type HealthStatus, type Reason } from './judge-health.js';

const status = z.enum(healthStatuses);

/** One check as it is kept; older versions may have had more fields. */
export const healthReportSchema = z.object({
  tick: z.string(),
  checkedAt: z.iso.datetime(),
  status,
  reasons: z.array(
    z.object({ code: z.string(), severity: z.enum(['warning', 'critical']), message: z.string() }),
  ),
  /** the status that people were last told of; null: of none */
  told: status.nullable(),
  facts: z.record(z.string(), z.unknown()),
});
export type HealthReport = z.output<typeof healthReportSchema>;

/** What people are told of a check. */
export interface HealthAlert {
  id: string;
  severity: 'info' | 'warning' | 'critical';
  message: string;
  resolved: boolean;
  /** people know it already: for the log, and for a reminder now and then */
  repeat: boolean;
}

const severityOf: Record<HealthStatus, HealthAlert['severity']> = {
  healthy: 'info',
  degraded: 'warning',
  critical: 'critical',
};
const longest = 1_500;

/**
 * News when the status is another one than people know, and again at each check while it is critical. A system that
 * was healthy from the first check on is no news.
 */
export function healthAlert(
  check: { tick: string; status: HealthStatus; reasons: readonly Reason[] },
  told: HealthStatus | null,
): HealthAlert | undefined {
  const { tick, status: now, reasons } = check;
  if (now === (told ?? 'healthy') && now !== 'critical') return undefined;
  return {
    id: `alert:health:${tick}`,
    severity: severityOf[now],
    message:
      now === 'healthy'
        ? 'The system is healthy again.'
        : `The system is ${now}: ${textOf(reasons)}`.slice(0, longest),
    resolved: now === 'healthy',
    repeat: now === told,
  };
}

/** Trouble that nobody could be told of while it lasted: RabbitMQ and Redis were both away. */
export interface MissedTrouble {
  since: string;
  status: HealthStatus;
  reasons: readonly Reason[];
}

/** Told when it is over. @param until when it was found to be over, ISO-8601 */
export const missedAlert = (
  { since, status: was, reasons }: MissedTrouble,
  tick: string,
  until: string,
): HealthAlert => ({
  id: `alert:health-missed:${tick}`,
  severity: 'warning',
  message:
    `From ${since} to ${until} the system was ${was} and nobody could be told: ${textOf(reasons)}`.slice(
      0,
      longest,
    ),
  resolved: false,
  repeat: false,
});

const textOf = (reasons: readonly Reason[]): string => reasons.map(({ message }) => message).join('; ');
