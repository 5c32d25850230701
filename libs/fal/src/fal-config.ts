import { z } from 'zod';

const wholeNumber = (min: number, max: number): z.ZodCoercedNumber => {
  const error = `expected a whole number from ${min} to ${max}`;
  return z.coerce.number({ error }).int(error).min(min, error).max(max, error);
};

const loopback = /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/;
const webScheme = /^https?:$/;
const asUrl = (text: string): URL | null => (URL.canParse(text) ? new URL(text) : null);

/** An origin on this machine and nothing else of a URL. */
function isLoopbackOrigin(text: string): boolean {
  const url = asUrl(text);
  if (url === null || !webScheme.test(url.protocol) || !loopback.test(url.hostname)) return false;
  return url.username + url.password + url.search + url.hash === '' && url.pathname === '/';
}

function isPublicUrl(text: string): boolean {
  const url = asUrl(text);
  return (
    url !== null && webScheme.test(url.protocol) && url.username + url.password + url.search + url.hash === ''
  );
}

/** The variables of the provider: `z.object({ ...baseConfig, ...falConfig })` in an app's config.ts. */
export const falConfig = {
  FAL_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'expected a key without blanks')
    .optional()
    .describe('API key of fal.ai; with it fal is the provider of batches that name none.'),
  FAL_ORIGIN: z
    .string()
    .refine(isLoopbackOrigin, 'expected http://127.0.0.1:PORT or another loopback origin without a path')
    .transform((text) => new URL(text).origin)
    .optional()
    .describe(
      'A stand-in for fal.ai on this machine: https://HOST/path of any fal host is asked as FAL_ORIGIN/HOST/path.',
    ),
  FAL_WEBHOOKS: z
    .enum(['on', 'off'], { error: 'expected on or off' })
    .default('on')
    .describe('Whether fal calls back when a generation has ended; needs I2M_PUBLIC_URL.'),
  FAL_IMAGES: z
    .enum(['upload', 'link'], { error: 'expected upload or link' })
    .default('upload')
    .describe(
      'How fal gets an image: uploaded to its storage, or by a link below I2M_PUBLIC_URL, whose fetch shows that a submit was accepted.',
    ),
  FAL_CONCURRENCY: wholeNumber(1, 10_000)
    .default(2)
    .describe("Generations at fal at once to begin with; the account's real limit is found from there."),
  FAL_CONCURRENCY_MAX: wholeNumber(1, 10_000)
    .default(40)
    .describe('Most generations at fal at once, over all workers.'),
  I2M_PUBLIC_URL: z
    .string()
    .refine(isPublicUrl, 'expected a URL that begins with http:// or https://, without a query')
    .transform((text) => text.replace(/\/+$/, ''))
    .optional()
    .describe(
      'Where providers reach this API for their webhooks and linked images; without it there are none.',
    ),
} as const;

/** For the `superRefine` of an app: links need an address that the provider can reach. */
export function checkFalImages(
  config: { FAL_IMAGES: 'upload' | 'link'; I2M_PUBLIC_URL?: string | undefined },
  context: z.RefinementCtx,
): void {
  if (config.FAL_IMAGES !== 'link' || config.I2M_PUBLIC_URL !== undefined) return;
  context.addIssue({ code: 'custom', path: ['I2M_PUBLIC_URL'], message: 'is required by FAL_IMAGES link' });
}
