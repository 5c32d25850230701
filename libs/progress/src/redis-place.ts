import { parseRedisUrl, type TlsOptions } from '@image2model/service-kit';
import type { RedisOptions } from 'ioredis';

/** ioredis copies these into the options of each connection: a getter reads the file as it is then. */
function lively(tls: () => TlsOptions): RedisOptions['tls'] {
  return {
    rejectUnauthorized: true,
    get ca() {
      return tls().ca;
    },
    get cert() {
      return tls().cert;
    },
    get key() {
      return tls().key;
    },
  };
}

/** Sentinels are asked where the master is at every connection, listened to meanwhile, and what they say is checked by its role. */
const watched = {
  role: 'master',
  failoverDetector: true,
  sentinelCommandTimeout: 2_000,
  sentinelRetryStrategy: (times: number) => Math.min(100 * times, 1_000),
  // those that are away now are listened to again, should the next failover be theirs to tell
  sentinelReconnectStrategy: () => 5_000,
} as const;

/** Where and as whom to connect, as ioredis wants it. @throws TypeError for a URL that can never work */
export function placeOf(
  url: string,
  tls: () => TlsOptions = () => ({ rejectUnauthorized: true }),
): RedisOptions {
  const { server, sentinel, database: db, username, password, tls: encrypted } = parseRedisUrl(url);
  const login = {
    db,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
  const secured = encrypted ? { tls: lively(tls) } : {};
  if (server !== undefined) return { ...server, ...login, ...secured };
  if (sentinel === undefined) throw new TypeError('a Redis URL names a server or Sentinels');
  return {
    ...watched,
    ...login,
    ...secured,
    ...(encrypted ? { enableTLSForSentinelMode: true, sentinelTLS: lively(tls) } : {}),
    name: sentinel.name,
    sentinels: sentinel.addresses.map((address) => ({ ...address })),
    ...(sentinel.username === undefined ? {} : { sentinelUsername: sentinel.username }),
    ...(sentinel.password === undefined ? {} : { sentinelPassword: sentinel.password }),
  };
}
