import { newBatchId, newIntentId } from '@image2model/contracts';
import { openProviderImageToken, providerImagePath } from './provider-image-token.js';
import { openWebhookToken, webhookToken } from './webhook-token.js';

const key = 'key-id:key-secret';
const intent = newIntentId(newBatchId(), 7);
const tokenOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

it('carries the intent, and is safe in a path', () => {
  const path = providerImagePath(key, intent);
  expect(path).toMatch(/^\/v1\/provider-images\/int_[0-9a-f]{32}_7_[0-9a-f]{16}\.[\w-]{43}$/);
  expect(openProviderImageToken(key, tokenOf(path))).toBe(intent);
  expect(openProviderImageToken('other', tokenOf(path))).toBeNull();
});

it('is not a token of a webhook, nor the other way round', () => {
  expect(openWebhookToken(key, tokenOf(providerImagePath(key, intent)))).toBeNull();
  expect(openProviderImageToken(key, webhookToken(key, intent))).toBeNull();
});
