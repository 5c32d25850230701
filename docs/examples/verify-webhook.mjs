import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';

const toleranceS = 5 * 60;

/**
 * Checks that a webhook is ours and recent. `body` must be the bytes as they came, not JSON that was parsed and written again.
 * @returns {{ type: string, timestamp: string, data: object }} @throws Error when it is not
 */
export function verifyWebhook(secret, headers, body) {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const sent = headers['webhook-signature'] ?? '';
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) <= toleranceS))
    throw new Error('too old, or from the future');
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const right = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
  const signatures = sent.split(' ').filter((one) => one.startsWith('v1,'));
  const known = signatures.some((one) => {
    const given = Buffer.from(one.slice('v1,'.length), 'base64');
    return given.length === right.length && timingSafeEqual(given, right);
  });
  if (!known) throw new Error('no signature matches');
  return JSON.parse(body);
}

// node verify-webhook.mjs < delivery.json, which is {"secret": …, "headers": …, "body": …}
if (process.argv[1] === import.meta.filename) {
  const { secret, headers, body } = JSON.parse(readFileSync(0, 'utf8'));
  console.log(verifyWebhook(secret, headers, body).type);
}
