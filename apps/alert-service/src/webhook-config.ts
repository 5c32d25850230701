import { sourceHostsSchema, webhookMasterSchema } from '@image2model/contracts';
import { wholeNumber } from '@image2model/service-kit';
import { z } from 'zod';
import { parseSchedule } from './domain/delivery-schedule.js';

/** The variables of customer webhooks. */
export const webhookConfig = {
  I2M_WEBHOOK_SECRET: webhookMasterSchema
    .optional()
    .describe(
      'At least 32 random bytes; the secrets that sign the webhooks of each tenant are derived from it. Without it webhooks are refused.',
    ),
  I2M_WEBHOOK_SECRET_PREVIOUS: webhookMasterSchema
    .optional()
    .describe('The secret before the present one: while it is set, webhooks are signed with both.'),
  WEBHOOK_ALLOW_HOSTS: sourceHostsSchema.describe(
    'Comma list of host:port that webhooks may be sent to although they are not public, or on another port than 80, 443, 8080 and 8443.',
  ),
  WEBHOOK_RETRY_SCHEDULE_S: z
    .string()
    .default('0,10,60,300,1800,7200,28800,86400')
    .transform((text, context) => {
      const schedule = parseSchedule(text);
      if (typeof schedule !== 'string') return schedule;
      context.addIssue({ code: 'custom', message: schedule, input: undefined });
      return z.NEVER;
    })
    .describe('When a webhook is tried, in seconds from its event; a comma list of rising numbers.'),
  WEBHOOK_TIMEOUT_S: wholeNumber(1, 60)
    .default(15)
    .describe('How long an endpoint may take to answer a webhook.'),
  WEBHOOK_DISABLE_AFTER_S: wholeNumber(1, 31_536_000)
    .default(259_200)
    .describe('An endpoint that fails for so long without one success is disabled.'),
  WEBHOOK_SWEEP_S: wholeNumber(1, 3_600)
    .default(60)
    .describe('How often it is looked for webhooks whose message was lost.'),
} as const;
