import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

export interface WebhookHeaders extends Record<string, string> {
  'x-fal-webhook-request-id': string;
  'x-fal-webhook-user-id': string;
  'x-fal-webhook-timestamp': string;
  'x-fal-webhook-signature': string;
}

const userId = 'stand-in-user';

/** The key pairs webhooks are signed with: the newest signs, all are listed in the JWKS. */
export class WebhookKeys {
  private pairs: { publicKey: KeyObject; privateKey: KeyObject }[] = [generateKeyPairSync('ed25519')];

  rotate(how: 'add' | 'replace'): void {
    this.pairs = [generateKeyPairSync('ed25519'), ...(how === 'add' ? this.pairs : [])];
  }

  jwks(): { keys: object[] } {
    return {
      keys: this.pairs.map(({ publicKey }, at) => ({
        ...publicKey.export({ format: 'jwk' }),
        kid: `stand-in-${this.pairs.length - at}`,
        use: 'sig',
        alg: 'EdDSA',
      })),
    };
  }

  /** @returns the headers that make this body a webhook of fal; `timestampS` is now unless given */
  sign(
    body: string | Uint8Array,
    requestId: string,
    timestampS = Math.floor(Date.now() / 1_000),
  ): WebhookHeaders {
    const hash = createHash('sha256').update(body).digest('hex');
    const text = [requestId, userId, String(timestampS), hash].join('\n');
    const [newest] = this.pairs;
    if (newest === undefined) throw new Error('there is always a key');
    return {
      'x-fal-webhook-request-id': requestId,
      'x-fal-webhook-user-id': userId,
      'x-fal-webhook-timestamp': String(timestampS),
      'x-fal-webhook-signature': sign(null, Buffer.from(text), newest.privateKey).toString('hex'),
    };
  }
}
