import { z } from 'zod';
import { severities } from '../messages/alert-send.js';
import { confirmSchema } from './ops-common.js';

/** Tries out the ways to people. A critical one may wake somebody, so it wants to be confirmed. */
export const testAlertSchema = z
  .strictObject({
    severity: z.enum(severities).default('info'),
    message: z
      .string()
      .min(1)
      .max(500)
      .optional()
      .meta({ description: 'What people read. Default: that it is a test, and by which key.' }),
    confirm: confirmSchema,
  })
  .meta({ id: 'TestAlert' });

/** It is on its way; where it went stands in the log of the alert service and in the event feed. */
export const testAlertSentSchema = z
  .object({ id: z.string(), severity: z.enum(severities), code: z.string() })
  .meta({ id: 'TestAlertSent' });
export type TestAlertSent = z.output<typeof testAlertSentSchema>;
