import { hostAndPort } from '@image2model/contracts';
import { FetchError } from './fetch-error.js';
import { createHostGate, type HostGate } from './host-gate.js';
import { judgeAnswer, type Judgement } from './judge-answer.js';
import { checkedUrl, redirectedUrl, type UrlRules } from './next-url.js';
import { openHop } from './open-hop.js';
import { readBody } from './read-body.js';
import { resolvePublic, systemResolve, type Resolve } from './resolve-public.js';

/** Times in ms. The total leaves out the time in line for a host. */
export interface FetchLimits {
  totalMs: number;
  connectMs: number;
  idleMs: number;
  redirects: number;
}

export interface SafeFetchOptions {
  /** `host:port` entries that may be anywhere and have any port; empty: nothing but the public internet */
  allow?: readonly string[];
  /** of all other hosts; 80 and 443 */
  ports?: readonly string[];
  /** requests to one host at once */
  perHost?: number;
  limits?: Partial<FetchLimits>;
  resolve?: Resolve;
}

/** The file behind a URL while it arrives. */
export interface Fetched {
  /** as the server named it; not to be trusted */
  type: string | null;
  /** @throws FetchError when the rest does not come */
  body: AsyncGenerator<Buffer>;
}

/**
 * Asks a URL that a stranger chose, and hands the answer's body to `take`. Whatever `take` does, nothing of the
 * connection is left when the promise settles.
 * @throws FetchError for everything that went wrong outside; the signal's reason; what `take` throws
 */
export type SafeFetch = <T>(
  url: string,
  request: { maxBytes: number; signal: AbortSignal },
  take: (fetched: Fetched) => Promise<T>,
) => Promise<T>;

const defaults: FetchLimits = { totalMs: 30_000, connectMs: 5_000, idleMs: 10_000, redirects: 3 };
/** A host that refuses for overload without saying for how long is left alone for this, ms. */
const breatherMs = 5_000;

export function createSafeFetch(options: SafeFetchOptions = {}): SafeFetch {
  const { perHost = 4, resolve = systemResolve } = options;
  const rules: UrlRules = { allow: options.allow ?? [], ports: options.ports };
  const limits = { ...defaults, ...options.limits };
  const gate = createHostGate(perHost);
  return async (text, request, take) => {
    let url = checkedUrl(text, rules);
    let leftMs = limits.totalMs;
    for (let hops = 0; ; hops += 1) {
      const subject = hops === 0 ? `host ${url.hostname}` : `a redirect of host ${new URL(text).hostname}`;
      const leave = await gate.enter(url.hostname, request.signal);
      const startedAt = performance.now();
      try {
        const hop = {
          ...request,
          url,
          subject,
          allow: rules.allow,
          resolve,
          limits: { ...limits, totalMs: leftMs },
        };
        const result = await runHop(hop, gate, take);
        if ('taken' in result) return result.taken;
        if (hops === limits.redirects)
          throw new FetchError('redirects', `more than ${limits.redirects} redirects, which is the limit`);
        url = redirectedUrl(url, result.location, subject, rules);
      } finally {
        leave();
        leftMs -= performance.now() - startedAt;
      }
    }
  };
}

interface Hop {
  url: URL;
  subject: string;
  maxBytes: number;
  signal: AbortSignal;
  allow: readonly string[];
  resolve: Resolve;
  limits: FetchLimits;
}

/** One request from its name to the end of its body, within what is left of the time. */
async function runHop<T>(
  { url, subject, maxBytes, allow, resolve, limits, ...hop }: Hop,
  gate: HostGate,
  take: (fetched: Fetched) => Promise<T>,
): Promise<{ taken: T } | { location: string }> {
  const { connectMs, idleMs, totalMs } = limits;
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new FetchError('timeout', `${subject} was not done within the time limit`)),
    Math.max(1, totalMs),
  );
  const signal = AbortSignal.any([hop.signal, late.signal]);
  const anywhere = allow.includes(hostAndPort(url));
  try {
    const addresses = await resolvePublic(url, subject, { resolve, timeoutMs: connectMs, anywhere });
    const { response, close } = await openHop({
      url,
      subject,
      addresses,
      anywhere,
      connectMs,
      idleMs,
      signal,
    });
    try {
      const head = { status: response.statusCode ?? 0, headers: response.headers };
      const judged = judgedPolitely(head, url.hostname, subject, maxBytes, gate);
      if (judged.do === 'follow') return { location: judged.location };
      const body = readBody(response, { subject, maxBytes, idleMs, signal });
      return { taken: await take({ type: judged.type, body }) };
    } finally {
      close();
    }
  } finally {
    clearTimeout(timer);
  }
}

/** A host that asks for time gets it from the whole process. */
function judgedPolitely(
  head: Parameters<typeof judgeAnswer>[0],
  host: string,
  subject: string,
  maxBytes: number,
  gate: HostGate,
): Judgement {
  try {
    return judgeAnswer(head, subject, { maxBytes, nowMs: Date.now() });
  } catch (error) {
    if (error instanceof FetchError && error.fault === 'server') {
      const waitMs = error.retryAfterMs ?? (head.status === 429 ? breatherMs : 0);
      if (waitMs > 0) gate.leaveAlone(host, waitMs);
    }
    throw error;
  }
}
