import { z } from 'zod';
import type { S3Place } from './s3-api.js';
import { StorageError, type StorageErrorCode } from './storage-error.js';

/** The part of what the AWS SDK throws that says what went wrong. */
const thrownSchema = z.object({
  name: z.string(),
  code: z.string().optional().catch(undefined),
  $metadata: z
    .object({ httpStatusCode: z.number().optional(), attempts: z.number().optional() })
    .optional()
    .catch(undefined),
});

const byName: Readonly<Record<string, StorageErrorCode>> = {
  NoSuchBucket: 'unavailable',
  PermanentRedirect: 'unavailable',
  CredentialsProviderError: 'denied',
  ExpiredToken: 'denied',
  RequestTimeTooSkewed: 'denied',
  TimeoutError: 'unavailable',
  SlowDown: 'unavailable',
  QuotaExceeded: 'no_space',
  XMinioStorageFull: 'no_space',
  XMinioAdminBucketQuotaExceeded: 'no_space',
};
const byStatus: Readonly<Record<number, StorageErrorCode>> = {
  401: 'denied',
  403: 'denied',
  404: 'not_found',
  409: 'exists',
  412: 'exists',
  429: 'unavailable',
  507: 'no_space',
};
const network = /^(E[A-Z]+|UND_ERR_\w+|CERT_\w+|\w+_CERT(IFICATE)?\w*)$/;

/**
 * Translates what the AWS SDK throws. The message names the key and the server's word for what happened; nothing else of the thrown
 * value is kept, for it holds the request with its signature and session token.
 */
export function fromS3(thrown: unknown, key: string): unknown {
  const { data: said } = thrownSchema.safeParse(thrown);
  if (said === undefined) return thrown;
  const status = said.$metadata?.httpStatusCode;
  const code = codeOf(said.name, said.code, said.$metadata);
  const word = said.name === 'Error' || said.name === '' ? (said.code ?? 'no answer') : said.name;
  const message = `${key}: ${word}${status === undefined ? '' : ` (${status})`}`;
  if (code !== undefined) return new StorageError(code, message);
  return status === undefined ? thrown : Object.assign(new Error(message), { name: said.name });
}

function codeOf(
  name: string,
  errno = '',
  {
    httpStatusCode: status,
    attempts = 0,
  }: { httpStatusCode?: number | undefined; attempts?: number | undefined } = {},
): StorageErrorCode | undefined {
  const known = byName[name] ?? (status === undefined ? undefined : byStatus[status]);
  if (known !== undefined) return known;
  if (status !== undefined) return status >= 500 || status === 301 ? 'unavailable' : undefined;
  // it was sent, and nobody answered
  return attempts > 0 || network.test(errno) ? 'unavailable' : undefined;
}

/** What whoever runs the service should do about a bucket that cannot be used at the start. */
export function explainBucket(thrown: unknown, { bucket, endpoint, region }: S3Place): unknown {
  if (!(thrown instanceof StorageError)) return thrown;
  const where = `bucket ${bucket} at ${endpoint ?? 'AWS'}${region === undefined ? '' : `, region ${region}`}`;
  const advice = adviceOn[thrown.code];
  return advice === undefined
    ? thrown
    : new StorageError(thrown.code, `${where}: ${thrown.message}. ${advice}`);
}

const adviceOn: Partial<Record<StorageErrorCode, string>> = {
  not_found: 'Make the bucket, or correct bucket, endpoint and region in STORAGE_URL.',
  denied:
    'Give the service credentials (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a workload identity) that may do s3:ListBucket, s3:ListBucketMultipartUploads, s3:GetObject, s3:PutObject, s3:DeleteObject, s3:AbortMultipartUpload and s3:ListMultipartUploadParts there, and check the clock.',
  unavailable:
    'Check endpoint, region and path_style in STORAGE_URL, and that the server can be reached from here.',
};
