import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { serve, type CountingServer } from '../test/support/image-server.js';
import { startNameServer, type NameServer } from '../test/support/name-server.js';
import { createSafeFetch, type SafeFetch } from './safe-fetch.js';

/** Hosts as URLs may spell them; the first ones all mean this machine, where a listener counts. */
const spellings = [
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '2130706433',
  '0x7f000001',
  '0x7f.0.0.1',
  '0x7f.1',
  '0177.0.0.1',
  '017700000001',
  '127.0.0.1.',
  '127.255.255.254',
  '１２７.0.0.1',
  '127。0。0。1',
  '0.0.0.0',
  '0',
  'localhost',
  'LOCALHOST',
  'localhost.',
  'a.localhost',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[::7f00:1]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b:1::127.0.0.1]',
  '[2002:7f00:1::]',
  '[2001:0:7f00:1::]',
  '[fe80::1]',
  '[fec0::1]',
  '[fd00::1]',
  '[ff02::1]',
  '[2001:db8::1]',
  '[100::1]',
  '0.1.2.3',
  '10.0.0.1',
  '0xa000001',
  '100.64.0.1',
  '169.254.169.254',
  '0xa9fea9fe',
  '2852039166',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.8',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.0.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
];
/** One address of each kind, as a name server may give them. */
const addresses = [
  ...[
    '127.0.0.1',
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '192.0.0.1',
    '192.0.2.1',
  ],
  ...['192.168.0.1', '198.18.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
  ...['::1', '::', '::ffff:127.0.0.1', '::7f00:1', '64:ff9b::7f00:1', '2002:7f00:1::', '2001:0:7f00:1::'],
  ...['fe80::1', 'fc00::1', 'ff02::1', '2001:db8::1'],
];
/** Given out to nobody, and yet of the public range: dialling it reaches no one. */
const nowhere = '2d00::1';

let listener: CountingServer;
let redirector: CountingServer;
let names: NameServer;
let fetchUrl: SafeFetch;
let dialled = 0;
/** addresses that connections were attempted to */
let attempts: string[] = [];
const countDial = (message: unknown): void => {
  dialled += 1;
  const { socket } = message as { socket: Socket };
  socket.on('connectionAttempt', (address: string) => attempts.push(address));
};
/** what the names mean, by the number of the question */
const zone = new Map<string, (nth: number) => readonly string[]>();

beforeAll(async () => {
  listener = await serve((_request, response) => response.end('reached'), true);
  redirector = await serve(({ url = '' }, response) => {
    const location = decodeURIComponent(url.slice(1)).replace(/[^\x20-\x7e]/gu, encodeURIComponent);
    response.writeHead(302, { location }).end();
  });
  names = await startNameServer((name, nth) => zone.get(name)?.(nth) ?? []);
  subscribe('net.client.socket', countDial);
});
afterAll(async () => {
  unsubscribe('net.client.socket', countDial);
  names.close();
  await Promise.all([listener.close(), redirector.close()]);
});
beforeEach(() => {
  dialled = 0;
  attempts = [];
  fetchUrl = createSafeFetch({
    allow: [redirector.host],
    ports: ['80', '443', String(listener.port)],
    limits: { connectMs: 1_000, totalMs: 3_000 },
  });
});
afterEach(() => expect(listener.connections).toBe(0));

const get = (url: string): Promise<string> =>
  fetchUrl(url, { maxBytes: 1_000, signal: AbortSignal.timeout(10_000) }, async ({ body }) => {
    let text = '';
    for await (const chunk of body) text += chunk.toString();
    return text;
  });
const forbidden = expect.objectContaining({ name: 'FetchError', fault: 'forbidden', retryable: false });

it.each([...spellings, '%31%32%37.0.0.1'])('%s is not dialled', async (host) => {
  await expect(get(`http://${host}:${listener.port}/`)).rejects.toEqual(forbidden);
  await expect(get(`https://${host}:${listener.port}/`)).rejects.toEqual(forbidden);
  expect(dialled).toBe(0);
});

it.each(spellings)('a redirect to %s is not followed', async (host) => {
  const target = encodeURIComponent(`http://${host}:${listener.port}/`);
  const failure: unknown = await get(`${redirector.origin}/${target}`).catch((error: unknown) => error);
  expect(failure).toEqual(forbidden);
  expect(String(failure)).toMatch(/redirect/);
  expect(dialled).toBe(1);
});

it('a redirect of a redirect is not either', async () => {
  const last = encodeURIComponent(`http://127.0.0.1:${listener.port}/`);
  const first = encodeURIComponent(`${redirector.origin}/${last}`);
  await expect(get(`${redirector.origin}/${first}`)).rejects.toEqual(forbidden);
  expect(dialled).toBe(2);
});

describe('names', () => {
  beforeEach(() => {
    fetchUrl = createSafeFetch({
      allow: [redirector.host],
      ports: ['80', '443', String(listener.port)],
      limits: { connectMs: 1_000, totalMs: 3_000 },
      resolve: names.resolve,
    });
  });

  it.each(addresses)(
    'a name that leads to %s is not dialled, and nobody learns where it leads',
    async (address) => {
      zone.set('evil.example', () => [address]);
      const failure: unknown = await get(`http://evil.example:${listener.port}/`).catch(
        (error: unknown) => error,
      );
      expect(failure).toEqual(forbidden);
      expect(String(failure)).toMatch(/host evil\.example does not lead/);
      expect(String(failure)).not.toContain(address);
      expect(dialled).toBe(0);
    },
  );

  it.each([
    [nowhere, '::1'],
    ['::1', nowhere],
    [nowhere, '127.0.0.1'],
  ])('one forbidden address among public ones spoils the name: %s, %s', async (...mixed) => {
    zone.set('mixed.example', () => mixed);
    await expect(get(`http://mixed.example:${listener.port}/`)).rejects.toEqual(forbidden);
    expect(dialled).toBe(0);
  });

  it('a name that turns private after its check is dialled where it was checked', async () => {
    zone.set('rebind.example', (nth) => (nth === 0 ? [nowhere] : ['127.0.0.1', '::1']));
    await expect(get(`http://rebind.example:${listener.port}/`)).rejects.toMatchObject({
      name: 'FetchError',
    });
    // one question of each kind, and one attempt, at what was answered
    expect(names.asked.filter((asked) => asked.startsWith('rebind')).sort()).toEqual([
      'rebind.example/1',
      'rebind.example/28',
    ]);
    expect(attempts).toEqual([nowhere]);
    expect(dialled).toBe(1);
  });

  it('a redirect to a name that turned private in between is refused', async () => {
    zone.set('turning.example', (nth) => (nth === 0 ? [nowhere] : ['127.0.0.1']));
    await get(`http://turning.example:${listener.port}/`).catch(() => undefined);
    dialled = 0;
    const target = encodeURIComponent(`http://turning.example:${listener.port}/`);
    await expect(get(`${redirector.origin}/${target}`)).rejects.toEqual(forbidden);
    expect(dialled).toBe(1);
  });

  it('a name without addresses may have some later', async () => {
    await expect(get('http://unknown.example/')).rejects.toMatchObject({ fault: 'dns', retryable: true });
  });
});

it('an allowed host is reached, and only at its own port', async () => {
  const open = await serve((_request, response) => response.end('hello'));
  const allowed = createSafeFetch({ allow: [open.host], ports: ['80', '443', String(listener.port)] });
  const text = await allowed(
    `${open.origin}/a`,
    { maxBytes: 10, signal: AbortSignal.timeout(5_000) },
    async ({ body }) => String((await body.next()).value),
  );
  expect(text).toBe('hello');
  const take = (): Promise<never> => Promise.reject(new Error('reached'));
  await expect(
    allowed(listener.origin, { maxBytes: 10, signal: AbortSignal.timeout(5_000) }, take),
  ).rejects.toEqual(forbidden);
  await open.close();
});
