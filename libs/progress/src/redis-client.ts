import type { Redis, RedisOptions } from 'ioredis';
import { tlsAdvice, type Metrics, type TlsOptions } from '@image2model/service-kit';
import { askForTlsTrouble } from './ask-for-tls-trouble.js';
import { allScripts, measureScripts, replicateScripts } from './define-script.js';
import { LastingRedis } from './lasting-redis.js';
import { placeOf } from './redis-place.js';
import { Replication } from './replication.js';

/** The part of a logger that this library needs. */
export interface ProgressLogger {
  warn(message: string, meta?: Record<string, unknown>): void;
  error(message: string, meta?: Record<string, unknown>): void;
}

export interface ConnectOptions {
  /** redis://, rediss://, redis+sentinel://, rediss+sentinel:// */
  url: string;
  /** for rediss; asked at each connection */
  tls?: () => TlsOptions;
  /** Scripts that must not be lost wait until so many replicas have them; default 0: they do not. */
  waitReplicas?: number;
  /** How long one look for them takes, ms; default 100. */
  waitMs?: number;
  logger: ProgressLogger;
  /** takes how long each script took, and how often replicas were missing */
  metrics?: Pick<Metrics, 'observe' | 'inc'>;
  /** true: a command fails within about 5 s while Redis is away (HTTP); false: it waits until Redis is back (workers). */
  failFast?: boolean;
  /** model-worker: how long a claim holds without renewal, ms (default 30,000) */
  claimLeaseMs?: number;
  /** gateway: how long a request holds its idempotency key without renewal, ms (default 60,000) */
  idempotencyLeaseMs?: number;
}

/** Too late for a failover that nobody is told of: what a former master answers. */
const answerOfReplica = /^READONLY\b/;

/**
 * An ioredis client that reconnects for ever, to whichever server is the master; its errors are logged, once for each
 * outage. @throws TypeError for a URL that can never work
 */
export function openRedis(options: ConnectOptions): LastingRedis {
  const { url, tls, logger, metrics, failFast = false, waitReplicas = 0, waitMs = 100 } = options;
  const settings: RedisOptions & { replyMapping: 'legacy' } = {
    ...placeOf(url, tls),
    replyMapping: 'legacy',
    enableAutoPipelining: true,
    scripts: allScripts(),
    lazyConnect: true,
    maxRetriesPerRequest: failFast ? 1 : null,
    ...(failFast ? { commandTimeout: 5_000 } : {}),
    // who fails fast also gives up at every second refused connection: the wait between two bounds how long that takes
    retryStrategy: (times) => Math.min(100 * times, failFast ? 500 : 2_000),
    // connect anew, and send the command again: nothing of it was done
    reconnectOnError: ({ message }) => (answerOfReplica.test(message) ? 2 : false),
  };
  const client = new LastingRedis(settings);
  if (metrics !== undefined) measureScripts(client, metrics);
  if (waitReplicas > 0)
    replicateScripts(
      client,
      new Replication(client, { replicas: waitReplicas, waitMs, failFast, logger, metrics }),
    );
  logOutages(client, options);
  return client;
}

function logOutages(client: Redis, { url, tls, logger }: ConnectOptions): void {
  let away = false;
  const say = (error: string, advice: string | undefined): void =>
    advice === undefined
      ? logger.warn('Redis is not reachable; trying again', { error })
      : logger.error(`Redis is not trusted, or does not trust us: ${advice}`, { error });
  client.on('error', (error: Error) => {
    if (away) return;
    away = true;
    const advice = tlsAdvice(error);
    if (advice !== undefined || tls === undefined) return say(error.message, advice);
    void askForTlsTrouble(url, tls).then(
      (found) => say(error.message, found),
      () => say(error.message, undefined),
    );
  });
  client.on('ready', () => {
    if (away) logger.warn('Redis is reachable again');
    away = false;
  });
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

/** The same for the server that took over: too late to refuse, so it is said. Never rejects. */
export async function warnOfEviction(client: Redis, logger: ProgressLogger): Promise<void> {
  await refuseEviction(client).catch((error: unknown) =>
    logger.error('the Redis that we are connected to now is not safe', { error }),
  );
}
