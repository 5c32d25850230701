import { alertChannels, severities, type AlertChannel, type Severity } from '@image2model/contracts';
import { z } from 'zod';

/** Which channels hear of which severity. The log hears of everything. */
export type AlertRoutes = Readonly<Record<Severity, readonly AlertChannel[]>>;

const targets = [...alertChannels, 'log'] as const;
const example = 'critical=pagerduty,slack,webhook;warning=slack,webhook;info=log';

/**
 * Reads `critical=pagerduty,slack;warning=slack;info=log`. A severity that is not named goes to the log only.
 * The message of a fault names what is wrong and shows how it is written.
 */
export const alertRoutesSchema = z.string().transform((text, context): AlertRoutes => {
  const routes: Record<Severity, AlertChannel[]> = { info: [], warning: [], critical: [] };
  const fault = (message: string): AlertRoutes => {
    context.addIssue({ code: 'custom', message: `${message}; write it like ${example}`, input: undefined });
    return z.NEVER;
  };
  for (const rule of text.split(';').filter((part) => part.trim() !== '')) {
    const [name = '', list = ''] = rule.split('=').map((part) => part.trim());
    const severity = severities.find((known) => known === name);
    if (severity === undefined) return fault(`the severities are ${severities.join(', ')}`);
    for (const target of list.split(',').map((part) => part.trim())) {
      const channel = targets.find((known) => known === target);
      if (channel === undefined) return fault(`the channels are ${targets.join(', ')}`);
      if (channel !== 'log' && !routes[severity].includes(channel)) routes[severity].push(channel);
    }
  }
  return routes;
});

/** Slack and the webhook hear of everything, somebody is woken only when it is critical. */
export const defaultRoutes = 'critical=pagerduty,slack,webhook;warning=slack,webhook;info=slack,webhook';

/** Only the channels that there are. */
export const routesTo = (routes: AlertRoutes, present: ReadonlySet<AlertChannel>): AlertRoutes => ({
  info: routes.info.filter((channel) => present.has(channel)),
  warning: routes.warning.filter((channel) => present.has(channel)),
  critical: routes.critical.filter((channel) => present.has(channel)),
});
