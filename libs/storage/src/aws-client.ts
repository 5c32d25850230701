import { createHash } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import type { S3Place } from './s3-api.js';

/** A try that brings no answer for so long is given up. */
const answerWithinMs = 30_000;
const connectWithinMs = 3_000;
/** No byte for so long ends a transfer: as long as a slow reader may pause. */
const silentForMs = 120_000;
const tries = 4;
const mostSockets = 128;

/** A client for one bucket. Credentials come from where the SDK looks for them by itself, anew when they expire. */
export function createAwsClient({ region, pathStyle }: S3Place, endpoint: string | undefined): S3Client {
  const agent = { keepAlive: true, maxSockets: mostSockets };
  const client = new S3Client({
    ...(region === undefined ? {} : { region }),
    // servers other than AWS know no regions, yet a signature names one
    ...(region === undefined && endpoint !== undefined ? { region: 'us-east-1' } : {}),
    ...(endpoint === undefined ? {} : { endpoint }),
    forcePathStyle: pathStyle,
    maxAttempts: tries,
    // newer checksums, which many servers do not know, only where a call cannot do without
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: connectWithinMs,
      requestTimeout: answerWithinMs,
      throwOnRequestTimeout: true,
      socketTimeout: silentForMs,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
  addMd5(client);
  return client;
}

/** Deletes of many keys need a checksum, and older servers know this one only. */
function addMd5(client: S3Client): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        const { request } = args;
        if (commandName === 'DeleteObjectsCommand' && isRequest(request) && typeof request.body === 'string')
          request.headers['content-md5'] = createHash('md5').update(request.body).digest('base64');
        return next(args);
      },
    { step: 'build', name: 'contentMd5' },
  );
}

interface Request {
  headers: Record<string, string>;
  body: unknown;
}

const isRequest = (value: unknown): value is Request =>
  typeof value === 'object' && value !== null && 'headers' in value && 'body' in value;
