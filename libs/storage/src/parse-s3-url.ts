import { z } from 'zod';
import { checkKey } from './check-key.js';
import type { S3Place } from './s3-api.js';
import { StorageError } from './storage-error.js';

const form =
  's3://bucket/prefix?region=…&endpoint=https://…&public_endpoint=https://…&path_style=true|false (all but the bucket may be left out)';
/** A name of 3 to 63 letters, digits, dots and dashes. */
const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

const origin = z.url({ protocol: /^https?$/, error: 'expected a URL that begins with https:// or http://' });
const parameters = z.strictObject({
  region: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, 'expected a region such as eu-central-1')
    .optional(),
  endpoint: origin.optional(),
  public_endpoint: origin.optional(),
  path_style: z.enum(['true', 'false'], { error: 'expected true or false' }).optional(),
});

/**
 * Reads `s3://bucket/prefix?…`. Paths hold the bucket by default where there is an endpoint: other servers than AWS seldom have a host
 * name for each bucket.
 * @throws StorageError `invalid_url`, which never repeats the URL: somebody may have put a secret into it
 */
export function parseS3Url(url: URL): S3Place {
  if (url.username !== '' || url.password !== '')
    throw invalid(
      'credentials do not belong in a storage URL; give them as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or by a workload identity',
    );
  if (!bucketName.test(url.host)) throw invalid(`this is not the name of a bucket; use ${form}`);
  if (url.hash !== '') throw invalid(`a storage URL has no fragment; use ${form}`);
  const parsed = parameters.safeParse(Object.fromEntries(url.searchParams));
  if (!parsed.success) throw invalid(`${parsed.error.issues.map(describe).join('; ')}; use ${form}`);
  const { region, endpoint, public_endpoint: publicEndpoint, path_style: style } = parsed.data;
  const prefix = url.pathname.replace(/^\/+|\/+$/g, '');
  return {
    bucket: url.host,
    prefix: prefix === '' ? '' : `${checkKey(prefix)}/`,
    ...{ region, endpoint, publicEndpoint },
    pathStyle: style === undefined ? endpoint !== undefined : style === 'true',
  };
}

const describe = ({ path, message }: z.core.$ZodIssue): string =>
  path.length === 0 ? message : `${path.join('.')}: ${message}`;

const invalid = (message: string): StorageError => new StorageError('invalid_url', `STORAGE_URL: ${message}`);
