import { env } from 'node:process';
import { z } from 'zod';

const text = z
  .string()
  .optional()
  .transform((value) => (value?.trim() === '' ? undefined : value));

const environmentSchema = z.object({
  I2M_URL: text.describe('Address of the gateway.'),
  I2M_API_KEY: text.describe('API key.'),
  I2M_PROFILE: text.describe('Profile of the configuration file.'),
  XDG_CONFIG_HOME: text,
  HOME: text,
  NO_COLOR: text,
  FORCE_COLOR: text,
  TERM: text,
  COLUMNS: z.coerce.number().int().positive().optional().catch(undefined),
});
export type Environment = z.output<typeof environmentSchema>;

/** The environment of this process, as far as it matters here; the one place that reads it. */
export const readEnvironment = (): Environment => environmentSchema.parse(env);
