import { z } from 'zod';
import { defineMessage } from '../envelope.js';

export const severities = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** Somebody should know. The envelope's id names the occurrence; `code` is what deduplication and runbooks use. */
export const alertSend = defineMessage({
  type: 'alert.send',
  version: 1,
  kind: 'task',
  summary: 'Tell people about a problem, or that it is over.',
  payload: z.strictObject({
    severity: z.enum(severities),
    code: z.string().regex(/^[a-z0-9_.-]{1,100}$/),
    message: z.string().min(1).max(2000),
    resolved: z.boolean().default(false),
    details: z
      .record(z.string().max(100), z.union([z.string().max(500), z.number(), z.boolean()]))
      .default({}),
  }),
});
