import { z } from 'zod';
import { defineMessage } from '../envelope.js';

export const severities = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** The variable parts of what an alert says, for programs and for the curious. */
export const alertDetailsSchema = z
  .record(z.string().max(100), z.union([z.string().max(500), z.number(), z.boolean()]))
  .default({});
export const alertCodeSchema = z.string().regex(/^[a-z0-9_.-]{1,100}$/);
/** What an alert is about: alerts with the same one are the same trouble. */
export const fingerprintSchema = z.string().regex(/^[A-Za-z0-9_.:/-]{1,200}$/);

/**
 * Somebody should know. The envelope's id names the occurrence, `code` names the kind of trouble (runbooks have it),
 * `fingerprint` the trouble itself: it is told once, again after a while, and once more when it is over.
 */
export const alertSend = defineMessage({
  type: 'alert.send',
  version: 1,
  kind: 'task',
  summary: 'Tell people about a problem, or that it is over.',
  payload: z.strictObject({
    severity: z.enum(severities),
    code: alertCodeSchema,
    /** Default: the code. */
    fingerprint: fingerprintSchema.optional(),
    message: z.string().min(1).max(2000),
    resolved: z.boolean().default(false),
    /** The sender told the same before and says that it lasts. */
    repeat: z.boolean().optional(),
    details: alertDetailsSchema,
  }),
});
