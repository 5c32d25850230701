import {
  bytesPerMegabyte,
  httpLimits,
  providers,
  sourceHostsSchema,
  webhookMasterSchema,
} from '@image2model/contracts';
import { checkFalImages, falConfig } from '@image2model/fal';
import { imageLimits, type ImageLimits } from '@image2model/images';
import { baseConfig, wholeNumber } from '@image2model/service-kit';
import { z } from 'zod';
import { parseApiKeys, type ApiKey } from './domain/api-keys.js';
import type { ProviderRules } from './domain/batch-request.js';

const loopback = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

const apiKeys = (scopes: { ops: boolean }): z.ZodType<ApiKey[], string | undefined> =>
  z
    .string()
    .default('')
    .transform((text, context) => {
      if (text.trim() === '') return [];
      const { keys, problems } = parseApiKeys(text, scopes);
      for (const message of problems) context.addIssue({ code: 'custom', message, input: undefined });
      return keys;
    });

/** The gateway's environment. */
export const configSchema = z
  .object({
    ...baseConfig,
    ...falConfig,
    PORT: wholeNumber(0, 65_535).default(8080).describe('Port of the API; 0 takes any free one.'),
    HOST: z.string().default('127.0.0.1').describe('Address of the API.'),
    I2M_API_KEYS: apiKeys({ ops: true }).describe(
      'Comma list of [tenant:]i2m_<8 hex>_<43 base64url>. May be empty only on a loopback HOST outside production: then everybody is tenant dev.',
    ),
    I2M_CLIENT_KEYS: apiKeys({ ops: false }).describe(
      'Keys, written like those of I2M_API_KEYS, that may not use /v1/ops: for programs that only send batches.',
    ),
    I2M_PROVIDER: z
      .enum(providers, { error: 'expected embedded, fal or noop' })
      .optional()
      .describe(
        'Provider of batches that name none; without it fal where there is a FAL_KEY, else embedded.',
      ),
    I2M_NOOP_MS: wholeNumber(0, 3_600_000)
      .optional()
      .describe('Enables provider noop; the time it takes per file, in ms.'),
    I2M_MIN_FREE_MB: wholeNumber(0, 10_000_000)
      .default(200)
      .describe('Below this much free disk no batch is accepted.'),
    I2M_MAX_IMAGE_MB: wholeNumber(1, 1_000)
      .default(httpLimits.imageMegabytes)
      .describe('Most megabytes an image may have.'),
    I2M_MAX_IMAGE_MEGAPIXELS: wholeNumber(1, 1_000)
      .default(httpLimits.imageMegapixels)
      .describe('Most megapixels an image may have.'),
    I2M_MAX_FILES_PER_REQUEST: wholeNumber(1, 20_000)
      .default(httpLimits.filesPerRequest)
      .describe('Most images in one multipart request.'),
    SOURCE_ALLOW_HOSTS: sourceHostsSchema.describe(
      'Comma list of host:port that images may be fetched from although they are not public, or on another port.',
    ),
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
    I2M_DOWNLOADS: z
      .enum(['stream', 'presigned'], { error: 'expected stream or presigned' })
      .default('stream')
      .describe(
        'How models are downloaded: through the gateway, or by a redirect to a link of the object storage that is good for 15 minutes. A STORAGE_URL without such links is always streamed.',
      ),
    I2M_UPLOAD_TIMEOUT_S: wholeNumber(10, 86_400)
      .default(3_600)
      .describe('How long one request may take to arrive.'),
  })
  .superRefine(checkFalImages)
  .superRefine(({ I2M_PROVIDER, FAL_KEY }, context) => {
    if (I2M_PROVIDER === 'fal' && FAL_KEY === undefined)
      context.addIssue({ code: 'custom', path: ['FAL_KEY'], message: 'is required by I2M_PROVIDER fal' });
  })
  .superRefine(({ I2M_API_KEYS, I2M_CLIENT_KEYS }, context) => {
    const known = new Set(I2M_API_KEYS.map(({ id }) => id));
    if (!I2M_CLIENT_KEYS.some(({ id }) => known.has(id))) return;
    const message = 'has an entry with the same 8 digits as one of I2M_API_KEYS';
    context.addIssue({ code: 'custom', path: ['I2M_CLIENT_KEYS'], message });
  })
  .superRefine(({ HOST, NODE_ENV, I2M_API_KEYS }, context) => {
    if (I2M_API_KEYS.length > 0 || (loopback.test(HOST) && NODE_ENV !== 'production')) return;
    const why = NODE_ENV === 'production' ? 'in production' : `unless HOST is a loopback address`;
    context.addIssue({ code: 'custom', path: ['I2M_API_KEYS'], message: `is required ${why}` });
  });
export type Config = z.output<typeof configSchema>;

/** What the configuration allows, in the units of the domain. */
export interface Rules {
  limits: ImageLimits;
  maxFiles: number;
  minFreeBytes: number;
  providers: ProviderRules;
  /** what the secrets of webhooks are derived from */
  webhooks: { master: string | undefined; previous: string | undefined };
}

export const rulesOf = (config: Config): Rules => ({
  limits: imageLimits(config.I2M_MAX_IMAGE_MB, config.I2M_MAX_IMAGE_MEGAPIXELS),
  maxFiles: config.I2M_MAX_FILES_PER_REQUEST,
  minFreeBytes: config.I2M_MIN_FREE_MB * bytesPerMegabyte,
  webhooks: { master: config.I2M_WEBHOOK_SECRET, previous: config.I2M_WEBHOOK_SECRET_PREVIOUS },
  providers: {
    byDefault: config.I2M_PROVIDER ?? (config.FAL_KEY === undefined ? 'embedded' : 'fal'),
    fal: config.FAL_KEY !== undefined,
    noop: config.I2M_NOOP_MS !== undefined || config.I2M_PROVIDER === 'noop',
    sourceHosts: config.SOURCE_ALLOW_HOSTS,
    webhooks: { signed: config.I2M_WEBHOOK_SECRET !== undefined, allow: config.WEBHOOK_ALLOW_HOSTS },
  },
});
