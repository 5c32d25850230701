import { generateKeyPairSync } from 'node:crypto';
import { json, startLocalFal, type LocalFal } from '../test/support/local-fal.js';
import { newSigner } from '../test/support/signing.js';
import type { WebhookCall } from './verify-webhook.js';
import { createWebhookVerifier, type WebhookVerifier } from './webhook-verifier.js';

const startMs = Date.parse('2026-01-01T00:00:00Z');
const hourMs = 3_600_000;
const [first, second] = [newSigner(), newSigner()];
let nowMs = startMs;
let fal: LocalFal;
let verifier: WebhookVerifier;
beforeEach(async () => {
  nowMs = startMs;
  fal = await startLocalFal();
  fal.answer(json(200, { keys: [first.jwk] }));
  verifier = createWebhookVerifier({ origin: fal.origin, now: () => nowMs });
});
afterEach(() => fal.close());

const unsigned = (shiftS = 0): Omit<WebhookCall, 'signature'> => ({
  requestId: 'r-1',
  userId: 'u-1',
  timestamp: String(nowMs / 1_000 + shiftS),
  body: Buffer.from('{"request_id":"r-1","status":"OK"}'),
});

it('accepts what a key of the provider signed, and fetches the keys once', async () => {
  const calls = [unsigned(), unsigned(-300), unsigned(300)].map((call) => verifier.verify(first.sign(call)));
  expect(await Promise.all(calls)).toEqual(['good', 'good', 'good']);
  nowMs += 23 * hourMs;
  expect(await verifier.verify(first.sign(unsigned()))).toBe('good');
  expect(fal.heads).toEqual(['GET /rest.alpha.fal.ai/.well-known/jwks.json']);
  expect(fal.arrived[0]?.headers.authorization).toBeUndefined();
});

it.each<[string, (call: WebhookCall) => WebhookCall]>([
  ['another body', (call) => ({ ...call, body: Buffer.from('{"request_id":"r-2","status":"OK"}') })],
  ['another request', (call) => ({ ...call, requestId: 'r-2' })],
  ['another user', (call) => ({ ...call, userId: 'u-2' })],
  ['another time', (call) => ({ ...call, timestamp: String(Number(call.timestamp) + 1) })],
  ['another signature', (call) => ({ ...call, signature: 'ab'.repeat(64) })],
  ['another key', ({ signature: _, ...call }) => second.sign(call)],
])('refuses a call with %s', async (_how, change) => {
  expect(await verifier.verify(change(first.sign(unsigned())))).toBe('wrong_signature');
});

it.each([-301, 301, -86_400])('refuses a call that is %d s off, without asking for keys', async (shiftS) => {
  expect(await verifier.verify(first.sign(unsigned(shiftS)))).toBe('stale');
  expect(fal.heads).toEqual([]);
});

it.each<[string, Partial<WebhookCall>]>([
  ['no request id', { requestId: undefined }],
  ['no user id', { userId: '' }],
  ['no timestamp', { timestamp: undefined }],
  ['no signature', { signature: undefined }],
  ['a timestamp that is no number', { timestamp: '2026-01-01' }],
  ['a signature that is not hex', { signature: 'z'.repeat(128) }],
  ['half a signature', { signature: 'ab'.repeat(32) }],
])('calls a call with %s unsigned', async (_what, missing) => {
  expect(await verifier.verify({ ...first.sign(unsigned()), ...missing })).toBe('unsigned');
  expect(fal.heads).toEqual([]);
});

it('follows a rotation of keys, and asks for them once a minute at most', async () => {
  expect(await verifier.verify(first.sign(unsigned()))).toBe('good');
  fal.answer(json(200, { keys: [second.jwk, first.jwk] }));
  expect(await verifier.verify(second.sign(unsigned()))).toBe('wrong_signature');
  expect(fal.heads).toHaveLength(1);
  nowMs += 60_000;
  expect(await verifier.verify(second.sign(unsigned()))).toBe('good');
  expect(await verifier.verify(first.sign(unsigned()))).toBe('good');
  expect(fal.heads).toHaveLength(2);
  const forged = newSigner();
  for (let n = 0; n < 3; n += 1)
    expect(await verifier.verify(forged.sign(unsigned()))).toBe('wrong_signature');
  expect(fal.heads).toHaveLength(2);
});

it('forgets keys after a day: one that was withdrawn signs nothing any more', async () => {
  expect(await verifier.verify(first.sign(unsigned()))).toBe('good');
  fal.answer(json(200, { keys: [second.jwk] }));
  nowMs += 24 * hourMs;
  expect(await verifier.verify(first.sign(unsigned()))).toBe('wrong_signature');
  expect(fal.heads).toHaveLength(2);
});

it.each([
  ['there is none', json(500, {})],
  ['it is no key set', json(200, { data: [] })],
  ['it has no key that could be used', json(200, { keys: [{ kty: 'RSA', n: 'x', e: 'AQAB' }] })],
])('asks for another try while the key set cannot be had: %s', async (_why, answer) => {
  fal.answer(answer);
  expect(await verifier.verify(first.sign(unsigned()))).toBe('unavailable');
  fal.answer(json(200, { keys: [first.jwk] }));
  expect(await verifier.verify(first.sign(unsigned()))).toBe('good');
});

it('passes over keys of other kinds', async () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey.export({ format: 'jwk' });
  fal.answer(json(200, { keys: [rsa, null, { kty: 'OKP', crv: 'Ed25519', x: 'AA' }, first.jwk] }));
  expect(await verifier.verify(first.sign(unsigned()))).toBe('good');
});
