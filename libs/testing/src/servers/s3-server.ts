import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { repoRoot } from '../repo-root.js';
import { freePorts } from '../system/free-ports.js';
import { waitFor } from '../wait-for.js';

/** An S3 server with one bucket, as a process of its own. */
export interface S3Server {
  readonly endpoint: string;
  /** `test` */
  readonly bucket: string;
  /** What a service needs to log in; by the names that the AWS SDK looks for. */
  readonly credentials: { readonly AWS_ACCESS_KEY_ID: string; readonly AWS_SECRET_ACCESS_KEY: string };
  /** STORAGE_URL of a folder of the bucket. */
  storageUrl(prefix: string): string;
  /** Ends it abruptly. */
  stop(): Promise<void>;
}

/**
 * Starts an S3 server on a free port.
 * @param dir begins with its files `<bucket>/<key>` and keeps objects there; without it they are in memory
 */
export async function startS3({ dir }: { dir?: string } = {}): Promise<S3Server> {
  const [port = 0] = await freePorts(1);
  const bucket = 'test';
  const credentials = {
    AWS_ACCESS_KEY_ID: 'test-key',
    AWS_SECRET_ACCESS_KEY: randomBytes(20).toString('hex'),
  };
  const child = spawn(
    process.execPath,
    [
      join(repoRoot(), 'tools/dev/s3.mjs'),
      ...['--port', String(port), '--bucket', bucket],
      ...(dir === undefined ? [] : ['--dir', dir]),
    ],
    { env: { PATH: process.env['PATH'], ...credentials }, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const gone = once(child, 'exit');
  const end = (): boolean => child.kill('SIGKILL');
  process.once('exit', end);
  const endpoint = `http://127.0.0.1:${port}`;
  const ask = async (): Promise<boolean> => child.exitCode !== null || (await fetch(`${endpoint}/health`)).ok;
  await waitFor(ask, { timeoutMs: 30_000, what: 'the S3 server' });
  if (child.exitCode !== null) throw new Error(`the S3 server ended with ${child.exitCode}`);
  return {
    endpoint,
    bucket,
    credentials,
    storageUrl: (prefix) => `s3://${bucket}/${prefix}?endpoint=${encodeURIComponent(endpoint)}`,
    stop: async () => {
      process.off('exit', end);
      end();
      await gone;
    },
  };
}
