import { baseConfig, urlOf } from '@image2model/service-kit';
import { z } from 'zod';

/** The alert service's environment. */
export const configSchema = z.object({
  ...baseConfig,
  ALERT_WEBHOOK_URL: urlOf('http', 'https')
    .optional()
    .describe('Gets one JSON POST per alert; may be loopback. Without it alerts go to the log only.'),
});
export type AlertConfig = z.output<typeof configSchema>;
