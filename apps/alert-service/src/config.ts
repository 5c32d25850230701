import { baseConfig, urlOf, wholeNumber } from '@image2model/service-kit';
import { z } from 'zod';
import { alertRoutesSchema, defaultRoutes } from './domain/alert-routes.js';
import { webhookConfig } from './webhook-config.js';

/** The alert service's environment. */
export const configSchema = z.object({
  ...baseConfig,
  ...webhookConfig,
  ALERT_WEBHOOK_URL: urlOf('http', 'https')
    .optional()
    .describe(
      'Gets one JSON POST per alert; may be loopback. Without any channel alerts go to the log only.',
    ),
  ALERT_SLACK_URL: urlOf('http', 'https')
    .optional()
    .describe('A Slack incoming webhook (https://hooks.slack.com/services/…). A secret.'),
  ALERT_PAGERDUTY_KEY: z
    .string()
    .regex(/^[A-Za-z0-9_-]{8,64}$/, 'expected the integration key of an Events API v2 integration')
    .optional()
    .describe('Integration key of a PagerDuty service (Events API v2). A secret.'),
  ALERT_PAGERDUTY_URL: urlOf('http', 'https')
    .default('https://events.pagerduty.com/v2/enqueue')
    .describe(
      'Where PagerDuty takes events; https://events.eu.pagerduty.com/v2/enqueue for accounts in the EU.',
    ),
  ALERT_ROUTES: alertRoutesSchema
    .prefault(defaultRoutes)
    .describe(
      'Which channels (webhook, slack, pagerduty) hear of which severity; the log hears of everything.',
    ),
  ALERT_REPEAT_MINUTES: wholeNumber(1, 10_080)
    .default(60)
    .describe('The same trouble in the same state is told again after so long, min.'),
  ALERT_MOST_PER_HOUR: wholeNumber(1, 100_000)
    .default(30)
    .describe(
      'A channel is told so many alerts in an hour; then one summary. Critical alerts and the ends of alerts always pass.',
    ),
  ALERT_SOURCE: z
    .string()
    .min(1)
    .max(100)
    .default('image2model')
    .describe('What this installation is called in Slack and PagerDuty.'),
});
export type AlertConfig = z.output<typeof configSchema>;
