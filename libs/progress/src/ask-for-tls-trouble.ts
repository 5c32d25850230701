import { connect } from 'node:tls';
import { parseRedisUrl, tlsAdvice, type TlsOptions } from '@image2model/service-kit';

const patienceMs = 3_000;

/**
 * What to do about TLS with the first Sentinel that can be reached; undefined when nothing is wrong with it. ioredis only
 * says that no Sentinel is reachable, whatever the reason. Never rejects.
 */
export async function askForTlsTrouble(url: string, tls: () => TlsOptions): Promise<string | undefined> {
  const { sentinel, tls: encrypted } = parseRedisUrl(url);
  if (!encrypted || sentinel === undefined) return undefined;
  for (const address of sentinel.addresses) {
    const advice = tlsAdvice(await errorOf(address, tls));
    if (advice !== undefined) return advice;
  }
  return undefined;
}

function errorOf(address: { host: string; port: number }, tls: () => TlsOptions): Promise<unknown> {
  return new Promise((resolve) => {
    const socket = connect({ ...tls(), ...address });
    const end = (error?: unknown): void => {
      socket.destroy();
      resolve(error);
    };
    socket.setTimeout(patienceMs, () => end());
    socket.once('error', end);
    socket.once('secureConnect', () => end());
  });
}
