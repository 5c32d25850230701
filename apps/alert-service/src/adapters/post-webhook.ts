import { webhookSecret } from '@image2model/contracts';
import { FetchError, type SafePost } from '@image2model/safe-fetch';
import { Webhook } from 'standardwebhooks';
import type { WebhookSender } from '../domain/webhook-sender.js';

/** @param masters the present secret, and the one before it while it is being changed; none: nothing can be signed */
export function createWebhookSender(
  post: SafePost,
  masters: readonly string[],
  version: string,
): WebhookSender {
  return {
    post: async ({ id, url, tenant, body }, signal) => {
      const at = new Date();
      if (masters.length === 0) return { ...notSent('I2M_WEBHOOK_SECRET is not set'), atMs: at.getTime() };
      const signatures = masters.map((master) =>
        new Webhook(webhookSecret(master, tenant)).sign(id, at, body),
      );
      const headers = {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        'user-agent': `image2model/${version} (webhook)`,
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
        'webhook-signature': signatures.join(' '),
      };
      const startedAt = performance.now();
      const answer = await answerOf(post(url, { body, headers, signal }));
      return { atMs: at.getTime(), tookMs: Math.round(performance.now() - startedAt), ...answer };
    },
  };
}

const notSent = (error: string): { status: null; error: string; tookMs: number } => ({
  status: null,
  error,
  tookMs: 0,
});

/** The words of a FetchError are for who sent the URL: they tell nothing of the inside. */
async function answerOf(answer: Promise<number>): Promise<{ status: number | null; error: string | null }> {
  try {
    const status = await answer;
    if (status >= 200 && status < 300) return { status, error: null };
    const redirect = status >= 300 && status < 400 ? '; redirects are not followed' : '';
    return { status, error: `answered ${status}${redirect}` };
  } catch (error) {
    if (error instanceof FetchError) return { status: null, error: error.message };
    throw error;
  }
}
