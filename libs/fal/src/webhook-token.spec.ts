import { newBatchId, newIntentId } from '@image2model/contracts';
import { openWebhookToken, webhookPath, webhookToken } from './webhook-token.js';

const key = 'key-id:key-secret';
const intent = newIntentId(newBatchId(), 7);

it('carries the intent, and is safe in a path', () => {
  const token = webhookToken(key, intent);
  expect(token).toMatch(/^int_[0-9a-f]{32}_7_[0-9a-f]{16}\.[\w-]{43}$/);
  expect(openWebhookToken(key, token)).toBe(intent);
  expect(webhookPath(key, intent)).toBe(`/v1/provider-webhooks/fal/${token}`);
  expect(token).not.toContain('secret');
});

it.each<[string, string]>([
  ['no signature', intent],
  ['an empty signature', `${intent}.`],
  [
    'a signature of another intent',
    `${intent}.${webhookToken(key, newIntentId(newBatchId(), 7)).split('.')[1]}`,
  ],
  ['a signature by another key', webhookToken('other', intent)],
  ['a shorter signature', webhookToken(key, intent).slice(0, -2)],
  ['something behind it', `${webhookToken(key, intent)}.x`],
  ['another file', webhookToken(key, intent).replace('_7_', '_8_')],
  ['what is no intent', webhookToken(key, 'bat_1')],
  ['nothing', ''],
])('does not open with %s', (_what, token) => {
  expect(openWebhookToken(key, token)).toBeNull();
});
