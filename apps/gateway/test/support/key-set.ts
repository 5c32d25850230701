import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** fal's key set on loopback, and the key that belongs to it. */
export interface KeySet {
  /** what FAL_ORIGIN is set to */
  readonly origin: string;
  /** Headers that make this body a webhook of fal. */
  signed(body: string, requestId: string, timestampS?: number): Record<string, string>;
  /** Answers 503 while it is away. */
  away(is: boolean): void;
  close(): Promise<void>;
}

export async function startKeySet(): Promise<KeySet> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  let away = false;
  const server = createServer((_request, response) => {
    response.writeHead(away ? 503 : 200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ keys: [publicKey.export({ format: 'jwk' })] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    signed: (body, requestId, timestampS = Math.floor(Date.now() / 1_000)) => {
      const digest = createHash('sha256').update(body).digest('hex');
      const text = [requestId, 'user', timestampS, digest].join('\n');
      return {
        'x-fal-webhook-request-id': requestId,
        'x-fal-webhook-user-id': 'user',
        'x-fal-webhook-timestamp': String(timestampS),
        'x-fal-webhook-signature': sign(null, Buffer.from(text), privateKey).toString('hex'),
      };
    },
    away: (is) => (away = is),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
