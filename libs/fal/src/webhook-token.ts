import { signedIntents } from './signed-intent.js';

const tokens = signedIntents('image2model provider webhook v1');

/** What stands for an intent in its webhook's path: nobody without the key can make one up. */
export const webhookToken = (falKey: string, intent: string): string => tokens.seal(falKey, intent);

/** Path of the webhook of an intent, to be put behind I2M_PUBLIC_URL. */
export const webhookPath = (falKey: string, intent: string): string =>
  `/v1/provider-webhooks/fal/${webhookToken(falKey, intent)}`;

/** @returns the intent; null for anything that this key did not sign */
export const openWebhookToken = (falKey: string, token: string): string | null => tokens.open(falKey, token);
