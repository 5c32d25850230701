import { z } from 'zod';
import { defineMessage } from '../envelope.js';
import { alertCodeSchema, alertDetailsSchema, fingerprintSchema, severities } from './alert-send.js';

/** Where alerts go beside the log. */
export const alertChannels = ['webhook', 'slack', 'pagerduty'] as const;
export type AlertChannel = (typeof alertChannels)[number];

/** An alert as a channel gets it. */
export const toldAlertSchema = z.strictObject({
  id: z.string().min(1).max(255),
  severity: z.enum(severities),
  code: alertCodeSchema,
  fingerprint: fingerprintSchema,
  message: z.string().min(1).max(2_100),
  resolved: z.boolean(),
  details: alertDetailsSchema,
  /** when it happened */
  at: z.iso.datetime(),
});
export type ToldAlert = z.output<typeof toldAlertSchema>;

/** One alert for one channel. Each channel has a queue and a retry ladder of its own: one that is down delays no other. */
export const alertDeliver = defineMessage({
  type: 'alert.deliver',
  version: 1,
  kind: 'task',
  summary: 'Tell one channel of an alert.',
  payload: z.strictObject({
    channel: z.enum(alertChannels),
    alert: toldAlertSchema,
    /** A summary of what the rate limit kept back in the hour that begins at this time, ms; sent when that hour is over. */
    summaryOfMs: z.int().nonnegative().optional(),
  }),
});
