import type { TlsOptions } from '@image2model/service-kit';
import { assertTopology } from './connection/assert-topology.js';
import { parseBrokerUrls, type BrokerUrl } from './connection/broker-url.js';
import { openSession, type Session } from './connection/session.js';

export interface DeclareOptions {
  /** amqp:// or amqps://, of a user that may configure the topology; of several nodes the first that answers is taken. */
  url: string;
  /** for amqps:// */
  tls?: () => TlsOptions;
  signal: AbortSignal;
}

/**
 * Declares the whole topology once, for services that expect it; repeating it changes nothing.
 * @throws Error when the broker does not answer or refuses, or a queue exists with other arguments
 */
export async function declareTopology({ url, tls, signal }: DeclareOptions): Promise<void> {
  const session = await openFirst(parseBrokerUrls(url), tls, signal);
  try {
    await assertTopology(session.model);
  } finally {
    await session.end();
  }
}

/** @throws what the last node said when none answers */
async function openFirst(
  urls: readonly BrokerUrl[],
  tls: DeclareOptions['tls'],
  signal: AbortSignal,
): Promise<Session> {
  let last: unknown;
  for (const url of urls) {
    try {
      return await openSession({
        ...{ url, tls, signal, name: 'image2model bootstrap' },
        onBlocked: () => undefined,
      });
    } catch (error) {
      last = error;
      signal.throwIfAborted();
    }
  }
  throw last;
}
