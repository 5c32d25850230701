import { createHash, createPublicKey, verify } from 'node:crypto';
import { closingAfterAll } from '../closing-after-all.js';
import { startReceiver, type ReceivedRequest } from '../http/receiver.js';
import { waitFor } from '../wait-for.js';
import { startCaller, type Caller } from '../../test/fal/caller.js';

jest.setTimeout(20_000);
const closing = closingAfterAll();
const jwksUrl = 'https://rest.alpha.fal.ai/.well-known/jwks.json';

interface Jwks {
  keys: { kty: 'OKP'; crv: 'Ed25519'; x: string }[];
}
const jwksOf = async (caller: Caller): Promise<Jwks> => (await caller.ask('GET', jwksUrl)).body as Jwks;

/** As fal's documentation says, without any code of the stand-in. */
function isSigned({ headers, text }: ReceivedRequest, { keys }: Jwks): boolean {
  const header = (name: string): string => String(headers[`x-fal-webhook-${name}`]);
  const message = [
    header('request-id'),
    header('user-id'),
    header('timestamp'),
    createHash('sha256').update(text).digest('hex'),
  ].join('\n');
  return keys.some((jwk) =>
    verify(
      null,
      Buffer.from(message),
      createPublicKey({ key: jwk, format: 'jwk' }),
      Buffer.from(header('signature'), 'hex'),
    ),
  );
}

describe('webhooks', () => {
  it('carry the result, signed by a key of the JWKS', async () => {
    const caller = closing(await startCaller());
    const receiver = closing(await startReceiver());
    const { request_id } = await caller.submitted({ webhook: `${receiver.url}/hook/token?a=1` });
    const [request] = await receiver.waitForRequests(1);
    if (request === undefined) throw new Error('no webhook came');
    expect(request).toMatchObject({ method: 'POST', path: '/hook/token?a=1' });
    expect(JSON.parse(request.text)).toMatchObject({
      request_id,
      gateway_request_id: request_id,
      status: 'OK',
      payload: { pbr_model: { file_name: 'model.glb' } },
    });
    const jwks = await jwksOf(caller);
    expect(jwks.keys).toMatchObject([{ kty: 'OKP', crv: 'Ed25519' }]);
    expect(isSigned(request, jwks)).toBe(true);
    expect(isSigned({ ...request, text: `${request.text} ` }, jwks)).toBe(false);
    expect(Math.abs(Number(request.headers['x-fal-webhook-timestamp']) - Date.now() / 1_000)).toBeLessThan(5);
    await waitFor(() => caller.fal.stats().webhooks.delivered === 1);
    expect(caller.fal.ledger()).toMatchObject([
      { webhooks_sent: 1, webhook_url: `${receiver.url}/hook/token?a=1` },
    ]);
  });

  it('carry an error', async () => {
    const caller = closing(await startCaller({ faults: [{ fault: 'image_load_error' }] }));
    const receiver = closing(await startReceiver());
    await caller.submitted({ webhook: receiver.url });
    await receiver.waitForRequests(1);
    expect(receiver.bodies()).toMatchObject([
      { status: 'ERROR', error: expect.any(String), payload: { detail: [{ type: 'image_load_error' }] } },
    ]);
  });

  it('come again until they are answered, at most so often', async () => {
    const caller = closing(await startCaller({ webhooks: { tries: 4, firstPauseMs: 5 } }));
    const receiver = closing(await startReceiver());
    receiver.reply((_, index) => (index === 0 ? 500 : index === 1 ? 'cut' : 200));
    await caller.submitted({ webhook: receiver.url });
    await waitFor(() => caller.fal.stats().webhooks.delivered === 1);
    expect(caller.fal.stats().webhooks).toMatchObject({ delivered: 1, failed_tries: 2, gave_up: 0 });
    receiver.reply(() => 503);
    await caller.submitted({ webhook: receiver.url });
    await waitFor(() => caller.fal.stats().webhooks.gave_up === 1);
    expect(receiver.requests).toHaveLength(3 + 4);
  });

  it('give up on a silent receiver in time', async () => {
    const caller = closing(await startCaller({ webhooks: { tries: 2, firstPauseMs: 5, timeoutMs: 50 } }));
    const receiver = closing(await startReceiver());
    receiver.reply(() => 'silence');
    await caller.submitted({ webhook: receiver.url });
    await waitFor(() => caller.fal.stats().webhooks.gave_up === 1);
    expect(caller.fal.stats().webhooks.failed_tries).toBe(2);
  });

  it('come twice, never, early, late or not at all, as asked', async () => {
    const caller = closing(await startCaller({ webhooks: { duplicateShare: 1 } }));
    const receiver = closing(await startReceiver());
    const sent = async (count: number): Promise<number> => {
      const before = receiver.requests.length;
      const { request_id } = await caller.submitted({ webhook: receiver.url });
      await caller.completed(request_id);
      if (count > 0) await receiver.waitForRequests(before + count);
      await new Promise((resolve) => setTimeout(resolve, 60));
      return receiver.requests.length - before;
    };
    expect(await sent(2)).toBe(2);
    caller.fal.control({ webhooks: { duplicateShare: 0, missingShare: 1 } });
    expect(await sent(0)).toBe(0);
    expect(caller.fal.stats().webhooks.missing).toBe(1);
    caller.fal.control({ webhooks: { missingShare: 0, earlyShare: 1 } });
    expect(await sent(2)).toBe(2);
    caller.fal.control({ webhooks: { earlyShare: 0, delayMs: 200 } });
    expect(await sent(1)).toBe(1);
    const [{ finished_at = null } = {}] = caller.fal.ledger().slice(-1);
    expect((receiver.requests.at(-1)?.receivedAtMs ?? 0) - Number(finished_at)).toBeGreaterThanOrEqual(190);
    caller.fal.control({ webhooks: { enabled: false, delayMs: 0 } });
    expect(await sent(0)).toBe(0);
  });

  it('change their key, with or without the old one in the JWKS', async () => {
    const caller = closing(await startCaller());
    const first = await jwksOf(caller);
    caller.fal.control({ rotateJwks: 'add' });
    const second = await jwksOf(caller);
    expect(second.keys.slice(1).map(({ x }) => x)).toEqual(first.keys.map(({ x }) => x));
    caller.fal.control({ rotateJwks: 'replace' });
    const third = await jwksOf(caller);
    expect(third.keys).toHaveLength(1);
    const signed = {
      method: 'POST',
      path: '/',
      text: '{}',
      receivedAtMs: 0,
      headers: caller.fal.sign('{}', 'r', 17),
    };
    expect([isSigned(signed, third), isSigned(signed, second)]).toEqual([true, false]);
    expect(signed.headers['x-fal-webhook-timestamp']).toBe('17');
  });
});
