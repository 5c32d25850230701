import { webhookSecret } from '@image2model/contracts';
import { noWebhookSecret } from '../domain/no-webhook-secret.js';
import { defineRoute, type Route } from '../domain/route.js';

export interface WebhookSecretParts {
  webhooks: { master: string | undefined; previous: string | undefined };
}

/** What signs the webhooks of the caller's tenant. Never stored: it follows from the installation's secret. */
export const showWebhookSecret = ({ webhooks: { master, previous } }: WebhookSecretParts): Route =>
  defineRoute({
    method: 'GET',
    path: '/v1/webhooks/secret',
    handle({ caller: { tenant } }) {
      if (master === undefined) throw noWebhookSecret();
      const json = {
        secret: webhookSecret(master, tenant),
        previous_secret: previous === undefined ? null : webhookSecret(previous, tenant),
      };
      return Promise.resolve({ status: 200, headers: { 'Cache-Control': 'no-store' }, json });
    },
  });
