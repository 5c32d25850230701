import { Failure } from '@image2model/contracts';
import { failureOfAnswer, type FalCall } from './failure-of-answer.js';
import { routeFalUrl } from './fal-hosts.js';
import { networkFailure, tooSlow } from './network-failure.js';

/** A call is bounded in time and bytes, and never follows a redirect: the key is in its headers. */
export interface Caller {
  call: FalCall;
  origin?: string | undefined;
  limitMs: number;
  signal: AbortSignal;
}

const mostBytes = 32 * 1024 * 1024;

/**
 * Carries a failure through the client. It is no error the client knows and has no cause, so the client neither
 * repeats the call nor puts an error of its own in its place.
 */
export class CallEnded extends Error {
  override readonly name = 'CallEnded';
  constructor(readonly failure: unknown) {
    super('the call has ended');
  }
}

/** A `fetch` for the client: every refusal and every lost answer ends its call as a {@link CallEnded}. */
export const falFetch =
  (caller: Caller): typeof fetch =>
  async (input, init) => {
    const response = await openFal(caller, urlOf(input), init);
    if (response.ok) return response;
    const { status, headers } = response;
    const body = jsonOf(await response.text());
    throw new CallEnded(failureOfAnswer(caller.call, { status, headers, body }, Date.now()));
  };

const urlOf = (input: string | URL | Request): string =>
  input instanceof Request ? input.url : String(input);

/** @returns undefined for what is not JSON */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One request, answered and read whole. @throws CallEnded when there is no whole answer */
export async function openFal(caller: Caller, url: string, init: RequestInit = {}): Promise<Response> {
  const { call, origin, limitMs, signal } = caller;
  const stop = new AbortController();
  const abort = (): void => stop.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  const late = setTimeout(() => stop.abort(tooSlow(call, limitMs)), limitMs);
  try {
    const response = await fetch(routeFalUrl(url, origin), {
      ...init,
      signal: stop.signal,
      redirect: 'error',
    });
    const text = await readText(response);
    const empty = [204, 205, 304].includes(response.status);
    const { status, headers } = response;
    return new Response(empty ? null : text, { status, headers: plain(headers, text) });
  } catch (error) {
    throw new CallEnded(failureOf(call, stop.signal, error));
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', abort);
  }
}

function failureOf(call: FalCall, stopped: AbortSignal, error: unknown): unknown {
  if (stopped.aborted) return stopped.reason;
  return error instanceof Failure ? error : networkFailure(call, error);
}

/** The body is already decoded: what said how long and how packed it was no longer holds. */
function plain(headers: Headers, text: string): Headers {
  const kept = new Headers(headers);
  // the client parses by this header alone, and a proxy in between may have lost it
  if (typeof jsonOf(text) === 'object') kept.set('content-type', 'application/json');
  kept.delete('content-encoding');
  kept.delete('content-length');
  return kept;
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > mostBytes) throw new Failure('transient', 'The provider answered with too many bytes.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
