import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';
import { FetchError } from './fetch-error.js';
import { forbiddenAddress } from './forbidden-address.js';
import type { Address } from './resolve-public.js';

/** One request of a fetch: a URL, and the checked addresses that may be dialled for it. */
export interface HopRequest {
  url: URL;
  /** how its host is called in messages */
  subject: string;
  addresses: readonly Address[];
  /** an operator allowed this host wherever it is */
  anywhere: boolean;
  connectMs: number;
  idleMs: number;
  /** a POST with this body and these headers; a GET for an image without it */
  post?: { body: string; headers: Readonly<Record<string, string>> };
  /** ends the hop whatever it is doing, its body too; the reason is thrown */
  signal: AbortSignal;
}

const maxHeaderSize = 16 * 1024;
/** No connection outlives its request. The filtering agents look at every dialled address once more. */
const agents = {
  public: {
    http: new RequestFilteringHttpAgent({ keepAlive: false }),
    https: new RequestFilteringHttpsAgent({ keepAlive: false, maxCachedSessions: 0 }),
  },
  anywhere: {
    http: new http.Agent({ keepAlive: false }),
    https: new https.Agent({ keepAlive: false, maxCachedSessions: 0 }),
  },
} as const;
const headers = {
  'User-Agent': 'image2model (image fetch)',
  Accept: 'image/jpeg, image/png, image/webp, */*;q=0.1',
  'Accept-Encoding': 'identity',
};

/**
 * Sends one request and waits for the answer's head. Redirects are the caller's business, and so is the body.
 * @returns the answer, and how to end it: nothing of the connection is left afterwards
 */
export async function openHop(hop: HopRequest): Promise<{ response: IncomingMessage; close: () => void }> {
  const secure = hop.url.protocol === 'https:';
  const agent = agents[hop.anywhere ? 'anywhere' : 'public'][secure ? 'https' : 'http'];
  const options = {
    agent,
    method: hop.post === undefined ? 'GET' : 'POST',
    headers: hop.post?.headers ?? headers,
    maxHeaderSize,
    lookup: pinned(hop.addresses),
  };
  const request = secure ? https.request(hop.url, options) : http.request(hop.url, options);
  const stop = (): void => void request.destroy(hop.signal.reason as Error);
  const close = (): void => {
    hop.signal.removeEventListener('abort', stop);
    request.destroy();
  };
  hop.signal.addEventListener('abort', stop, { once: true });
  // what goes wrong after the head is told by the body
  request.on('error', () => undefined);
  try {
    return { response: await headOf(request, hop, secure), close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Resolves nothing: gives the addresses that were checked before. */
const pinned = (addresses: readonly Address[]): LookupFunction =>
  ((_hostname, { all }, callback) => {
    const [first] = addresses;
    if (all === true) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family);
  }) as LookupFunction;

function headOf(request: http.ClientRequest, hop: HopRequest, secure: boolean): Promise<IncomingMessage> {
  const { subject, connectMs, idleMs, signal } = hop;
  return new Promise((resolve, reject) => {
    let timer = setTimeout(
      () => reject(new FetchError('timeout', `${subject} was not reached within ${connectMs / 1_000} s`)),
      connectMs,
    );
    const ended = (error: unknown): void => {
      clearTimeout(timer);
      reject(error);
    };
    request.once('socket', (socket) => {
      socket.once('connect', () => {
        // the last net: whatever was checked before, this is who we talk to
        if (!hop.anywhere && forbiddenAddress(socket.remoteAddress ?? '') !== null)
          request.destroy(new FetchError('forbidden', `${subject} does not lead to public addresses only`));
      });
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        clearTimeout(timer);
        timer = setTimeout(
          () => ended(new FetchError('timeout', `${subject} did not answer within ${idleMs / 1_000} s`)),
          idleMs,
        );
      });
    });
    request.once('response', (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    request.once('error', (error) => ended(signal.aborted ? signal.reason : asFetchError(error, subject)));
    request.once('close', () => ended(new FetchError('connection', `${subject} closed the connection`)));
    if (signal.aborted) request.destroy(signal.reason as Error);
    else request.end(hop.post?.body);
  });
}

/** What a broken connection is called. The cause is for the log only. */
export function asFetchError(error: unknown, subject: string): FetchError {
  if (error instanceof FetchError) return error;
  const code =
    typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
      ? error.code
      : '';
  if (code.startsWith('HPE_'))
    return new FetchError('bad_answer', `${subject} gave an answer that cannot be read`, { cause: error });
  if (/^(ERR_TLS_CERT|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH)/.test(code))
    return new FetchError('certificate', `${subject} has no valid certificate`, { cause: error });
  return new FetchError('connection', `the connection to ${subject} failed`, { cause: error });
}
