import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ServiceName } from '@image2model/contracts';
import { z } from 'zod';
import { parseFailpoint, type FailpointOrder } from './failpoint.js';
import { parseRedisUrl } from './redis-url.js';
import { parseBrokerList } from './server-list.js';

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

/** What `parse` throws becomes a problem of the configuration; it holds nothing of the value. */
const parsedBy =
  (parse: (text: string) => unknown) =>
  (text: string, context: z.RefinementCtx<string>): void => {
    try {
      parse(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: String((error as Error).message), input: undefined });
    }
  };

/** `name=value,…` as OpenTelemetry writes headers; values are percent-encoded. */
const toHeaders = (text: string, context: z.RefinementCtx<string>): Record<string, string> => {
  const pairs = text
    .split(',')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '')
    .map((pair) => /^([\w-]+)=(.*)$/.exec(pair));
  const entries = pairs.flatMap((pair) => (pair === null ? [] : [[pair[1] ?? '', decoded(pair[2] ?? '')]]));
  if (entries.length === pairs.length) return Object.fromEntries(entries) as Record<string, string>;
  context.addIssue({
    code: 'custom',
    message: 'expected name=value pairs with commas in between',
    input: undefined,
  });
  return z.NEVER;
};

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not percent-encoded: it stands for itself
  }
}

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
  AMQP_URL: z
    .string()
    .superRefine(parsedBy(parseBrokerList))
    .default('amqp://guest:guest@127.0.0.1:5672')
    .describe(
      'RabbitMQ, virtual host included; amqps:// with TLS. Several nodes of a cluster with commas in between (amqp://user:password@a,b,c/vhost): whichever answers is taken.',
    ),
  REDIS_URL: z
    .string()
    .superRefine(parsedBy(parseRedisUrl))
    .default('redis://127.0.0.1:6379')
    .describe(
      'Redis, database number included; rediss:// with TLS. Behind Sentinels redis+sentinel://user:password@a:26379,b:26379,c:26379/0?name=mymaster (rediss+sentinel:// with TLS to both; sentinel_username and sentinel_password when the Sentinels want them).',
    ),
  I2M_TOPOLOGY: z
    .enum(['declare', 'expect'], { error: 'expected declare or expect' })
    .default('declare')
    .describe(
      'declare: this service declares the exchanges and queues of RabbitMQ; expect: the bootstrap job has, and a user without that right waits until they are there.',
    ),
  REDIS_WAIT_REPLICAS: wholeNumber(0, 10)
    .default(0)
    .describe(
      'On so many replicas of Redis a step that must not be lost is before anybody hears that it was done; 1 where a replica takes over.',
    ),
  REDIS_WAIT_MS: wholeNumber(1, 5_000)
    .default(100)
    .describe('How long one look for those replicas takes, ms.'),
  TLS_CA_FILE: z
    .string()
    .optional()
    .describe(
      'PEM file with the authorities that may sign the certificates of RabbitMQ, Redis and Sentinels, instead of those of the system.',
    ),
  TLS_CERT_FILE: z
    .string()
    .optional()
    .describe('PEM file with the certificate that we show to them, when they want one; with TLS_KEY_FILE.'),
  TLS_KEY_FILE: z.string().optional().describe('PEM file with its private key, without a passphrase.'),
  STORAGE_URL: z
    .string()
    .refine(
      (text) => !hasScheme(text) || /^(file:\/\/\/|s3:\/\/)/.test(text),
      'expected a directory, a file:/// URL or an s3:// URL',
    )
    .default('.run/storage')
    .transform(toStorageUrl)
    .describe(
      'Where uploads, manifests and models are kept: a directory, a file:/// URL, or s3://bucket/prefix?region=…&endpoint=https://…&public_endpoint=https://…&path_style=true (docs/storage.md; never with credentials).',
    ),
  LOG_LEVEL: z
    .enum(['error', 'warn', 'info', 'debug'], { error: 'expected error, warn, info or debug' })
    .default('info')
    .describe('The least severe level that is logged; stack traces appear at debug only.'),
  NODE_ENV: z
    .enum(['development', 'test', 'production'], { error: 'expected development, test or production' })
    .default('development')
    .describe('What kind of installation this is.'),
  OTEL_EXPORTER_OTLP_ENDPOINT: urlOf('http', 'https')
    .optional()
    .describe('Turns traces on: the OTLP/HTTP collector they are sent to, without /v1/traces.'),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .default('')
    .transform(toHeaders)
    .describe('Headers for the collector, `name=value,…`; values percent-encoded, never logged.'),
  OTEL_TRACES_SAMPLE_RATIO: z.coerce
    .number({ error: 'expected a number from 0 to 1' })
    .min(0, 'expected a number from 0 to 1')
    .max(1, 'expected a number from 0 to 1')
    .default(0.1)
    .describe(
      'How many of the traces that begin here are kept; a caller that sent a traceparent decides by itself.',
    ),
  RECYCLE_AFTER_TASKS: wholeNumber(0, 1_000_000_000)
    .default(0)
    .describe(
      'After so many tasks (the gateway: requests), and up to a tenth more, the process hands over and ends with code 0 to be started anew; 0: never. One process of a service at a time.',
    ),
  RECYCLE_AFTER_MB: wholeNumber(0, 1_048_576)
    .default(0)
    .describe('The same above so much resident memory, MB; 0: never. Not in the first minute.'),
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
