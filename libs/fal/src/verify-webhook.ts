import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { z } from 'zod';

/** A webhook as it arrived: four headers and the bytes of the body. */
export interface WebhookCall {
  requestId: string | undefined;
  userId: string | undefined;
  /** seconds since 1970 */
  timestamp: string | undefined;
  /** hex */
  signature: string | undefined;
  body: Uint8Array;
}

/** Older and newer calls are refused: a call that was overheard cannot be repeated later. */
export const toleranceS = 300;

const keySchema = z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string().min(1) });
const keySetSchema = z.object({ keys: z.array(z.unknown()) });

/** The Ed25519 keys of a JWKS; others in it are passed over. @throws ZodError for what is not a JWKS */
export function keysOfJwks(jwks: unknown): KeyObject[] {
  return keySetSchema.parse(jwks).keys.flatMap((key) => {
    const parsed = keySchema.safeParse(key);
    if (!parsed.success) return [];
    try {
      return [createPublicKey({ key: parsed.data, format: 'jwk' })];
    } catch {
      return []; // right in form, but no point of the curve
    }
  });
}

/** Why a call is refused before its signature is looked at; null when nothing speaks against it. */
export function faultOfCall(call: WebhookCall, nowMs: number): 'unsigned' | 'stale' | null {
  const { requestId, userId, timestamp, signature } = call;
  if (!requestId || !userId || !timestamp || !signature) return 'unsigned';
  if (!/^\d{1,12}$/.test(timestamp) || !/^[0-9a-f]{128}$/i.test(signature)) return 'unsigned';
  return Math.abs(nowMs / 1_000 - Number(timestamp)) > toleranceS ? 'stale' : null;
}

/** Whether one of the keys signed the call. Says nothing of its age: see {@link faultOfCall}. */
export function verifyWebhook(call: WebhookCall, keys: readonly KeyObject[]): boolean {
  const digest = createHash('sha256').update(call.body).digest('hex');
  const text = [call.requestId, call.userId, call.timestamp, digest].join('\n');
  const signature = Buffer.from(call.signature ?? '', 'hex');
  return keys.some((key) => verify(null, Buffer.from(text), key, signature));
}
