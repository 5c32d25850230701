import type { Certificates } from './certificates.js';

/** Where a Redis or a Sentinel listens; with certificates by TLS alone, to its peers as well. */
export function listeningText(port: number, tls: Certificates | undefined): string {
  const common = 'bind 127.0.0.1\nprotected-mode no\ndaemonize no\n';
  if (tls === undefined) return `${common}port ${port}\n`;
  const files = `tls-cert-file ${tls.cert}\ntls-key-file ${tls.key}\ntls-ca-cert-file ${tls.ca}\n`;
  return `${common}port 0\ntls-port ${port}\n${files}tls-auth-clients optional\ntls-replication yes\n`;
}

/** Every write is on disk before it is answered, and a full memory refuses. @param master whom to follow */
export const redisText = (master?: number): string =>
  `appendonly yes\nappendfsync always\nsave ""\nmaxmemory-policy noeviction\n${master === undefined ? '' : `replicaof 127.0.0.1 ${master}\n`}`;

/** One Sentinel of three. */
export const sentinelText = (name: string, master: number, downAfterMs: number): string =>
  [
    `sentinel monitor ${name} 127.0.0.1 ${master} 2`,
    `sentinel down-after-milliseconds ${name} ${downAfterMs}`,
    `sentinel failover-timeout ${name} 6000`,
    `sentinel parallel-syncs ${name} 1\n`,
  ].join('\n');
