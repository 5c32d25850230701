import type { ToldAlert } from '@image2model/contracts';

const longestSummary = 1_024;

/** An event of PagerDuty's Events API v2. All alerts of one trouble make one incident, which its end resolves. */
export function pagerdutyEvent(
  alert: ToldAlert,
  { routingKey, source }: { routingKey: string; source: string },
): Record<string, unknown> {
  const head = { routing_key: routingKey, dedup_key: alert.fingerprint };
  if (alert.resolved) return { ...head, event_action: 'resolve' };
  return {
    ...head,
    event_action: 'trigger',
    client: 'image2model',
    payload: {
      summary: alert.message.slice(0, longestSummary),
      source,
      severity: alert.severity,
      timestamp: alert.at,
      class: alert.code,
      custom_details: { ...alert.details, message: alert.message, alert_id: alert.id },
    },
  };
}
