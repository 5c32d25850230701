import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import {
  half,
  hang,
  json,
  reset,
  startLocalFal,
  type Answer,
  type LocalFal,
} from '../test/support/local-fal.js';
import { createFalApi } from './create-fal-api.js';
import type { SubmitAnswer } from './fal-api.js';

const endpoint = 'tripo3d/tripo/v2.5/image-to-3d';
const key = 'key-id:key-secret-1234567890';
let fal: LocalFal;
beforeEach(async () => {
  fal = await startLocalFal();
});
afterEach(() => fal.close());

const submit = (origin = fal.origin, submitLimitMs = 400): Promise<SubmitAnswer> =>
  createFalApi({ key, origin, submitLimitMs }).submit({
    endpoint,
    input: { image_url: 'https://v3.fal.media/a.jpg' },
    webhookUrl: 'https://api.example/v1/provider-webhooks/fal/int_1.sig?a=b&c',
  });
const accepted = {
  status: 'IN_QUEUE',
  request_id: 'r-1',
  response_url: 'https://queue.fal.run/tripo3d/tripo/requests/r-1',
  status_url: 'https://queue.fal.run/tripo3d/tripo/requests/r-1/status',
  cancel_url: 'https://queue.fal.run/tripo3d/tripo/requests/r-1/cancel',
  queue_position: 3,
};
/** Long enough for a repeat that must not come. */
const noRepeat = async (): Promise<void> => {
  await pause(150);
  expect(fal.heads).toHaveLength(1);
};

it('sends the input, the key and the webhook once, and keeps the URLs as returned', async () => {
  fal.answer(json(200, accepted));
  expect(await submit()).toEqual({
    outcome: 'accepted',
    position: 3,
    handle: {
      endpoint,
      requestId: 'r-1',
      responseUrl: accepted.response_url,
      statusUrl: accepted.status_url,
      cancelUrl: accepted.cancel_url,
    },
  });
  const [request] = fal.arrived;
  const url = new URL(request?.url ?? '', fal.origin);
  expect(request?.method).toBe('POST');
  expect(url.pathname).toBe(`/queue.fal.run/${endpoint}`);
  expect(url.searchParams.get('fal_webhook')).toBe(
    'https://api.example/v1/provider-webhooks/fal/int_1.sig?a=b&c',
  );
  expect(request?.headers).toMatchObject({ authorization: `Key ${key}`, 'content-type': 'application/json' });
  expect(JSON.parse(request?.body ?? '')).toEqual({ image_url: 'https://v3.fal.media/a.jpg' });
  await noRepeat();
});

it('makes the URLs itself when there are none, or some that the key may not be sent to', async () => {
  const status_url = 'https://elsewhere.example/status';
  fal.answer(json(202, { request_id: 'r/1', status_url }));
  expect(await submit()).toMatchObject({
    outcome: 'accepted',
    position: null,
    handle: { statusUrl: 'https://queue.fal.run/tripo3d/tripo/requests/r%2F1/status' },
  });
});

const lost: [string, Answer][] = [
  ['a reset', reset],
  ['silence', hang],
  ['half an answer', half(200)],
  ['a 2xx without a request id', json(200, { status: 'IN_QUEUE' })],
  ['a 2xx that is not JSON', (response) => void response.writeHead(200).end('<html>')],
  ['a redirect', (response) => void response.writeHead(307, { Location: '/queue.fal.run/again' }).end()],
  ...[408, 500, 502, 503, 504, 599].map((status): [string, Answer] => [
    String(status),
    json(status, { detail: 'no' }, { 'Retry-After': '1' }),
  ]),
];
it.each(lost)('does not know after %s, and sends nothing again', async (_name, answer) => {
  fal.answer(answer, json(200, accepted));
  const came = await submit();
  expect(came).toMatchObject({ outcome: 'unknown', failure: { kind: 'ambiguous' } });
  expect(JSON.stringify(came) + String((came as { failure: Error }).failure.message)).not.toContain(key);
  await noRepeat();
});

const refusals: [number, unknown, Record<string, string>, object][] = [
  [401, { detail: 'Unauthorized' }, {}, { kind: 'auth' }],
  [403, { detail: 'Forbidden' }, {}, { kind: 'auth' }],
  [403, { detail: 'User is locked. Reason: Exhausted balance.' }, {}, { kind: 'account' }],
  [402, {}, {}, { kind: 'account' }],
  [404, { detail: 'Application "x" not found' }, {}, { kind: 'input', code: 'input.endpoint' }],
  [422, { detail: [{ loc: ['body'], msg: 'bad image', type: 'image_load_error' }] }, {}, { kind: 'input' }],
  [421, {}, {}, { kind: 'transient' }],
  [429, {}, { 'Retry-After': '7' }, { kind: 'rate', retryAfterMs: 7_000 }],
  [429, {}, {}, { kind: 'rate', retryAfterMs: 60_000 }],
];
it.each(refusals)('%d %j proves that nothing was accepted', async (status, body, headers, failure) => {
  fal.answer(json(status, body, headers), json(200, accepted));
  expect(await submit()).toMatchObject({ outcome: 'refused', failure });
  await noRepeat();
});

it('takes the head of a 429 for an answer when its body is lost', async () => {
  fal.answer(half(429));
  expect(await submit()).toMatchObject({ outcome: 'refused', failure: { kind: 'rate' } });
});

it('has a connection of its own for every submit', async () => {
  fal.answer(json(200, accepted));
  await submit();
  await submit();
  expect(fal.connections).toBe(2);
});

describe('without a connection nothing was sent', () => {
  const notSent = { outcome: 'refused', failure: { kind: 'transient', code: 'transient.submit' } };

  it('when it is refused', async () => {
    await fal.close();
    expect(await submit()).toMatchObject(notSent);
    fal = await startLocalFal();
  });

  it.each(['reset', 'silence', 'plain text'])('when its TLS handshake ends in %s', async (how) => {
    let bytes = '';
    const server = createServer((socket) => {
      socket
        .on('error', () => undefined)
        .on('data', (chunk) => {
          bytes += chunk.toString('latin1');
          if (how === 'reset') socket.resetAndDestroy();
          if (how === 'plain text') socket.end('HTTP/1.1 200 OK\r\n\r\n');
        });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await submit(`https://127.0.0.1:${port}`, 300)).toMatchObject(notSent);
    expect(bytes).not.toContain('POST');
    server.close();
  });

  it('when the request cannot be written', async () => {
    const api = createFalApi({ key: 'line\nbreak', origin: fal.origin });
    expect(await api.submit({ endpoint, input: {} })).toMatchObject({
      outcome: 'refused',
      failure: { kind: 'unexpected' },
    });
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const good = createFalApi({ key, origin: fal.origin });
    expect(await good.submit({ endpoint, input: circle })).toMatchObject({ outcome: 'refused' });
    expect(fal.heads).toEqual([]);
  });
});
