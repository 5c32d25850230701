import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ServiceName } from '@image2model/contracts';
import { z } from 'zod';
import { parseFailpoint, type FailpointOrder } from './failpoint.js';

/** Where each service serves /livez, /readyz and /metrics unless ADMIN_PORT says otherwise. */
export const defaultAdminPorts: Readonly<Record<ServiceName, number>> = {
  gateway: 9080,
  'batch-orchestrator': 9081,
  'model-worker': 9082,
  'maintenance-worker': 9083,
  'alert-service': 9084,
};

/** A whole number in a variable. Every variable of a service ends with `.describe()`: the documents are made from it. */
export const wholeNumber = (min: number, max: number): z.ZodCoercedNumber => {
  const error = `expected a whole number from ${min} to ${max}`;
  return z.coerce.number({ error }).int(error).min(min, error).max(max, error);
};

/** A URL of one of these schemes; the message names the schemes, never the value. */
export const urlOf = (...schemes: string[]): z.ZodURL =>
  z.url({
    protocol: new RegExp(`^(${schemes.join('|')})$`),
    error: `expected a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
  });

const hasScheme = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(text);

/** A path is taken from the working directory; what comes out is always a URL. */
const toStorageUrl = (text: string): string => (hasScheme(text) ? text : pathToFileURL(resolve(text)).href);

/** @see parseFailpoint; what is wrong with it becomes a problem of the configuration. */
const toFailpoint = (text: string, context: z.RefinementCtx<string>): FailpointOrder => {
  try {
    return parseFailpoint(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: String((error as Error).message), input: undefined });
    return z.NEVER;
  }
};

/** The variables that every service shares: `z.object({ ...baseConfig, PORT: … })` in an app's config.ts. */
export const baseConfig = {
  ADMIN_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('Address on which /livez, /readyz and /metrics are served.'),
  ADMIN_PORT: wholeNumber(0, 65_535)
    .optional()
    .describe(
      'Port of /livez, /readyz and /metrics; 0 takes any free one. Without it each service has its own port.',
    ),
  AMQP_URL: urlOf('amqp', 'amqps')
    .default('amqp://guest:guest@127.0.0.1:5672')
    .describe('RabbitMQ, virtual host included.'),
  REDIS_URL: urlOf('redis', 'rediss')
    .default('redis://127.0.0.1:6379')
    .describe('Redis, database number included.'),
  STORAGE_URL: z
    .string()
    .refine(
      (text) => !hasScheme(text) || text.startsWith('file:///'),
      'expected a directory or a file:/// URL',
    )
    .default('.run/storage')
    .transform(toStorageUrl)
    .describe('Where uploads, manifests and models are kept: a directory, or a file:/// URL.'),
  LOG_LEVEL: z
    .enum(['error', 'warn', 'info', 'debug'], { error: 'expected error, warn, info or debug' })
    .default('info')
    .describe('The least severe level that is logged; stack traces appear at debug only.'),
  NODE_ENV: z
    .enum(['development', 'test', 'production'], { error: 'expected development, test or production' })
    .default('development')
    .describe('What kind of installation this is.'),
  FAILPOINT: z
    .string()
    .transform(toFailpoint)
    .optional()
    .describe(
      'For crash tests, refused in production: <failpoint>:<kill|throw|pause>[:<n>] makes the process fail when it reaches the point (the n-th time).',
    ),
} as const;

/** What every service's parsed configuration holds at least. */
export type BaseConfig = z.output<z.ZodObject<typeof baseConfig>>;
