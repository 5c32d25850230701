import { signedIntents } from './signed-intent.js';

const tokens = signedIntents('image2model provider image v1');

/** Path of the image of an intent, to be put behind I2M_PUBLIC_URL: only who got its submit knows it. */
export const providerImagePath = (falKey: string, intent: string): string =>
  `/v1/provider-images/${tokens.seal(falKey, intent)}`;

/** @returns the intent; null for anything that this key did not sign for an image */
export const openProviderImageToken = (falKey: string, token: string): string | null =>
  tokens.open(falKey, token);
