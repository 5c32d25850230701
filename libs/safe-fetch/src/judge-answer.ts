import type { IncomingHttpHeaders } from 'node:http';
import { FetchError } from './fetch-error.js';

/** What an answer's head asks for: to follow it, or to read its body. */
export type Judgement = { do: 'follow'; location: string } | { do: 'read'; type: string | null };

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Statuses that may be others the next time: too early, overload, and every fault of the server. */
const passing: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);
/** However long a server wants to be left alone, it is asked again after this, ms. */
const longestWaitMs = 300_000;

/** Reads the head of an answer. @throws FetchError for everything that is not the file itself */
export function judgeAnswer(
  { status, headers }: { status: number; headers: IncomingHttpHeaders },
  subject: string,
  { maxBytes, nowMs }: { maxBytes: number; nowMs: number },
): Judgement {
  if (redirects.has(status)) {
    if (headers.location === undefined)
      throw new FetchError('refused', `${subject} answered ${status} without a location`);
    return { do: 'follow', location: headers.location };
  }
  if (status === 404 || status === 410) throw new FetchError('not_found', `${subject} answered ${status}`);
  if (status === 401 || status === 403 || status === 407)
    throw new FetchError('denied', `${subject} answered ${status}`);
  if (passing.has(status) || status >= 500) {
    const retryAfterMs = retryAfter(headers['retry-after'], nowMs);
    throw new FetchError('server', `${subject} answered ${status}`, { retryAfterMs });
  }
  if (status !== 200) throw new FetchError('refused', `${subject} answered ${status}`);
  const coded = headers['content-encoding']?.trim().toLowerCase() ?? '';
  const transfer = headers['transfer-encoding']?.trim().toLowerCase() ?? '';
  if ((coded !== '' && coded !== 'identity') || (transfer !== '' && transfer !== 'chunked'))
    throw new FetchError('encoded', `${subject} sent an encoded body; it was asked for a plain one`);
  const announced = Number(headers['content-length'] ?? 0);
  if (announced > maxBytes) throw new FetchError('too_large', `${announced} bytes; the limit is ${maxBytes}`);
  return { do: 'read', type: headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? null };
}

/** Retry-After in its two forms (seconds, or a date), ms; undefined when it says nothing. */
function retryAfter(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\s*\d{1,9}\s*$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(longestWaitMs, Math.max(0, ms));
}
