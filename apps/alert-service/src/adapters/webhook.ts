import { Failure } from '@image2model/contracts';
import { webhookBody } from '../domain/alert.js';
import type { Channel } from '../domain/delivery.js';

/** The receiver has so long to answer. */
const timeoutMs = 10_000;

/** One JSON POST per alert. Redirects are not followed; any answer but 2xx is a failure that passes. */
export const createWebhook = (url: string): Channel => ({
  deliver: async (alert, repeats) => {
    const status = await post(url, JSON.stringify(webhookBody(alert, repeats)));
    if (status < 200 || status > 299)
      throw new Failure('dependency', `the alert webhook answered ${status}`, {
        code: 'dependency.alert_webhook',
      });
  },
});

async function post(url: string, body: string): Promise<number> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'image2model-alert-service' },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    return response.status;
  } catch (cause) {
    throw new Failure('dependency', `the alert webhook did not answer: ${reasonOf(cause)}`, {
      code: 'dependency.alert_webhook',
      cause,
    });
  }
}

/** Node hides why a fetch failed in the cause; the URL, which may hold a secret, is in neither. */
function reasonOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(inner instanceof Error)) return 'unknown';
  return 'code' in inner && typeof inner.code === 'string' ? inner.code : inner.name;
}
