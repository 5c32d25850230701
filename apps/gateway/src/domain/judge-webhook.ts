import { httpLimits } from '@image2model/contracts';
import { postUrlFault } from '@image2model/safe-fetch';
import type { Invalid } from './http-problem.js';

/** What webhooks this installation can send. */
export interface WebhookRules {
  /** whether there is a secret to sign them with */
  signed: boolean;
  /** `host:port` entries that they may be sent to wherever they are */
  allow: readonly string[];
}

/** Why the webhook of a request can never work; the rest is left to the schema. */
export function judgeWebhook(values: Readonly<Record<string, unknown>>, rules: WebhookRules): Invalid[] {
  const { webhook_url: url, webhook_events: events } = values;
  const path = 'webhook_url';
  if (url === undefined || url === null)
    return events === undefined
      ? []
      : [{ path: 'webhook_events', message: 'is for batches with a webhook_url' }];
  if (typeof url !== 'string') return [];
  if (!rules.signed)
    return [
      {
        path,
        message: 'needs I2M_WEBHOOK_SECRET, which this installation lacks: set it to 32 random bytes or more',
      },
    ];
  if (url.length > httpLimits.urlCharacters)
    return [{ path, message: `must have at most ${httpLimits.urlCharacters} characters; got ${url.length}` }];
  const fault = postUrlFault(url, rules.allow);
  return fault === null ? [] : [{ path, message: fault }];
}
