import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { WebhookCall } from '../../src/verify-webhook.js';

export interface Signer {
  /** as it stands in a JWKS */
  readonly jwk: Record<string, unknown>;
  sign(call: Omit<WebhookCall, 'signature'>): WebhookCall;
}

/** A key pair in fal's place. */
export function newSigner(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    jwk: { ...publicKey.export({ format: 'jwk' }), kid: 'k' },
    sign: (call) => {
      const digest = createHash('sha256').update(call.body).digest('hex');
      const text = [call.requestId, call.userId, call.timestamp, digest].join('\n');
      return { ...call, signature: sign(null, Buffer.from(text), privateKey).toString('hex') };
    },
  };
}
