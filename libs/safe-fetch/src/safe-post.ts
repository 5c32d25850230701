import type { IncomingMessage } from 'node:http';
import { hostAndPort } from '@image2model/contracts';
import { FetchError } from './fetch-error.js';
import { checkedUrl } from './next-url.js';
import { openHop } from './open-hop.js';
import { postPorts } from './post-url.js';
import { resolvePublic, systemResolve, type Resolve } from './resolve-public.js';

export interface SafePostOptions {
  /** `host:port` entries that may be anywhere and have any port; empty: nothing but the public internet */
  allow?: readonly string[];
  /** from the look-up of the name to the head of the answer, ms */
  totalMs?: number;
  resolve?: Resolve;
}

/**
 * Posts to a URL that a stranger chose. The addresses of its name are checked and dialled as they are; a redirect is an
 * answer like any other, and the body of the answer is not kept.
 * @returns the status of the answer
 * @throws FetchError when there was none; the signal's reason
 */
export type SafePost = (
  url: string,
  request: { body: string; headers: Readonly<Record<string, string>>; signal: AbortSignal },
) => Promise<number>;

/** An answer's body is read for so long and so far, that its server may finish in peace. */
const drainMs = 1_000;
const drainBytes = 64 * 1024;

export function createSafePost(options: SafePostOptions = {}): SafePost {
  const { allow = [], totalMs = 15_000, resolve = systemResolve } = options;
  return async (text, { signal, ...post }) => {
    const url = checkedUrl(text, { allow, ports: postPorts });
    const subject = `host ${url.hostname}`;
    const late = new AbortController();
    const timer = setTimeout(
      () => late.abort(new FetchError('timeout', `${subject} did not answer within ${totalMs / 1_000} s`)),
      totalMs,
    );
    const anywhere = allow.includes(hostAndPort(url));
    try {
      const addresses = await resolvePublic(url, subject, { resolve, timeoutMs: totalMs, anywhere });
      const { response, close } = await openHop({
        ...{ url, subject, addresses, anywhere, post },
        ...{ connectMs: totalMs, idleMs: totalMs },
        signal: AbortSignal.any([signal, late.signal]),
      });
      try {
        await drain(response);
        return response.statusCode ?? 0;
      } finally {
        close();
      }
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Never rejects: the answer counts from its head on. */
function drain(response: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, drainMs);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > drainBytes) done();
    });
    response.once('end', done).once('error', done).once('close', done);
  });
}
