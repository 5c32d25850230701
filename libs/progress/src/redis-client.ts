import { Redis } from 'ioredis';
import { allScripts } from './define-script.js';

/** The part of a logger that this library needs. */
export interface ProgressLogger {
  warn(message: string, meta?: Record<string, unknown>): void;
  error(message: string, meta?: Record<string, unknown>): void;
}

export interface ConnectOptions {
  url: string;
  logger: ProgressLogger;
  /** true: a command fails within about 5 s while Redis is away (HTTP); false: it waits until Redis is back (workers). */
  failFast?: boolean;
  /** model-worker: how long a claim holds without renewal, ms (default 30,000) */
  claimLeaseMs?: number;
  /** gateway: how long a request holds its idempotency key without renewal, ms (default 60,000) */
  idempotencyLeaseMs?: number;
}

/** An ioredis client that reconnects for ever; its errors are logged, once for each outage. */
export function openRedis({ url, logger, failFast = false }: ConnectOptions): Redis {
  const client = new Redis(url, {
    enableAutoPipelining: true,
    scripts: allScripts(),
    lazyConnect: true,
    maxRetriesPerRequest: failFast ? 1 : null,
    ...(failFast ? { commandTimeout: 5_000 } : {}),
    retryStrategy: (times) => Math.min(100 * times, 2_000),
  });
  let away = false;
  client.on('error', (error: Error) => {
    if (!away) logger.warn('Redis is not reachable; trying again', { error: error.message });
    away = true;
  });
  client.on('ready', () => {
    away = false;
  });
  return client;
}

/** @throws Error when Redis may drop keys by itself: then nothing that was accepted would be safe. */
export async function refuseEviction(client: Redis): Promise<void> {
  const policy = /maxmemory_policy:(\S+)/.exec(await client.info('memory'))?.[1];
  if (policy !== undefined && policy !== 'noeviction') {
    throw new Error(
      `Redis runs with maxmemory-policy ${policy} and may drop accepted batches; set maxmemory-policy noeviction`,
    );
  }
}
