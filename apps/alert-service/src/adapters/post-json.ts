import { Failure, type AlertChannel } from '@image2model/contracts';
import { retryAfterMs } from '../domain/retry-after.js';

/** The receiver has so long to answer. */
const timeoutMs = 10_000;

export interface PostTarget {
  channel: AlertChannel;
  url: string;
  /** Answers that mean: this will never be taken. */
  refusals?: readonly number[];
}

/**
 * One JSON POST; redirects are not followed, any 2xx means taken. The failure's text has neither URL nor body: both may
 * hold a secret.
 */
export async function postJson({ channel, url, refusals = [] }: PostTarget, body: unknown): Promise<void> {
  const response = await answerOf(channel, url, JSON.stringify(body));
  await response.body?.cancel();
  const { status } = response;
  if (status >= 200 && status <= 299) return;
  const code = `channel.${channel}`;
  if (refusals.includes(status))
    throw new Failure('unexpected', `${channel} refuses this alert with ${status}`, { code });
  const askedMs = retryAfterMs(response.headers.get('retry-after'), Date.now());
  throw new Failure('channel', `${channel} answered ${status}`, {
    code,
    ...(askedMs === undefined ? {} : { retryAfterMs: askedMs }),
  });
}

async function answerOf(channel: AlertChannel, url: string, body: string): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'image2model-alert-service' },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (cause) {
    throw new Failure('channel', `${channel} did not answer: ${reasonOf(cause)}`, {
      code: `channel.${channel}`,
    });
  }
}

/** Node hides why a fetch failed in the cause; the URL is in neither. */
function reasonOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(inner instanceof Error)) return 'unknown';
  return 'code' in inner && typeof inner.code === 'string' ? inner.code : inner.name;
}
