import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { intentIdSchema } from '@image2model/contracts';

/** Intents signed for one use: a token of one use does not open as one of another. */
export interface SignedIntents {
  /** `<intent>.<signature>`, safe in a path; nobody without the key can make one up */
  seal(falKey: string, intent: string): string;
  /** @returns the intent; null for anything that this key did not sign for this use */
  open(falKey: string, token: string): string | null;
}

/** @param purpose what the tokens are good for; the secret is derived from the key for it */
export function signedIntents(purpose: string): SignedIntents {
  const signatureOf = (falKey: string, intent: string): Buffer => {
    const secret = Buffer.from(hkdfSync('sha256', falKey, '', purpose, 32));
    return createHmac('sha256', secret).update(intent).digest();
  };
  return {
    seal: (falKey, intent) => `${intent}.${signatureOf(falKey, intent).toString('base64url')}`,
    open: (falKey, token) => {
      const dot = token.indexOf('.');
      const intent = token.slice(0, Math.max(dot, 0));
      const given = Buffer.from(token.slice(dot + 1), 'base64url');
      const wanted = signatureOf(falKey, intent);
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null;
      return intentIdSchema.safeParse(intent).success ? intent : null;
    },
  };
}
