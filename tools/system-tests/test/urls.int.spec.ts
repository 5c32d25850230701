import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { photo, startSystem, waitFor, type System } from '@image2model/testing';

/** Somebody's shop: its images, and traps. */
let shop: Server;
/** What no URL may reach. */
let inside: Server;
let connections = 0;
let system: System;
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

beforeAll(async () => {
  const images = await Promise.all(
    Array.from({ length: 5 }, (_, seed) => photo({ width: 96, height: 72, seed })),
  );
  inside = createServer((_request, response) => response.end(images[0])).listen(0);
  inside.on('connection', () => void (connections += 1));
  shop = createServer(({ url = '' }, response) => {
    const [, kind, rest = ''] = /^\/(\w+)\/?([^?]*)/.exec(url) ?? [];
    if (kind === 'to') {
      response
        .writeHead(302, { location: decodeURIComponent(rest).replace(/[^\x20-\x7e]/gu, encodeURIComponent) })
        .end();
      return;
    }
    if (kind === 'gone') response.writeHead(404).end();
    else response.end(images[Number(rest) % images.length]);
  }).listen(0, '127.0.0.1');
  await Promise.all([once(inside, 'listening'), once(shop, 'listening')]);
  system = await startSystem({ env: { SOURCE_ALLOW_HOSTS: `127.0.0.1:${portOf(shop)}`, I2M_NOOP_MS: '0' } });
});
afterAll(async () => {
  await system.stop();
  for (const server of [shop, inside]) server.close();
});

const create = async (body: Record<string, unknown>): Promise<string> => {
  const answer = await system.client.request('POST', '/v1/batches', {
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
  expect(answer.status).toBe(202);
  return (answer.body as { id: string }).id;
};

test('10 images by URL become models; the one that is gone fails alone', async () => {
  const base = `http://127.0.0.1:${portOf(shop)}`;
  const images = Array.from({ length: 11 }, (_, n) => ({
    url: n === 5 ? `${base}/gone/${n}.jpg` : `${base}/photo/${n}?sig=verysecret`,
    metadata: { n },
  }));
  const id = await create({ images, settings: { face_limit: 500 } });
  expect(await system.client.waitForTerminal(id, 200_000)).toMatchObject({
    status: 'partial',
    counts: { completed: 10, failed: 1 },
  });
  const files = await system.client.listFiles(id);
  for (const [n, file] of files.entries())
    if (n === 5)
      expect(file).toMatchObject({ status: 'failed', model: null, error: { code: 'input.url_not_found' } });
    else
      expect(file).toMatchObject({
        ...{ status: 'completed', name: String(n), metadata: { n }, model: { faces: expect.any(Number) } },
        source: {
          url: `${base}/photo/${n}`,
          type: 'image/jpeg',
          width: 96,
          height: 72,
          bytes: expect.any(Number),
        },
      });
  const thumbnail = await system.client.request('GET', `/v1/batches/${id}/files/0/thumbnail`);
  expect([thumbnail.status, thumbnail.headers.get('content-type')]).toEqual([200, 'image/webp']);
  expect(JSON.stringify(files) + system.logs()).not.toContain('verysecret');
});

test('URLs that lead inside reach nothing, by whatever spelling or detour, and fail alone', async () => {
  const base = `http://127.0.0.1:${portOf(shop)}`;
  const hosts = [
    ...[
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f000001',
      '0177.0.0.1',
      '127.0.0.1.',
      '１２７.0.0.1',
      '0',
      '0.0.0.0',
    ],
    ...[
      'localhost',
      'LOCALHOST',
      '[::1]',
      '[::]',
      '[::ffff:127.0.0.1]',
      '[::127.0.0.1]',
      '[64:ff9b::7f00:1]',
    ],
    ...[
      '[2002:7f00:1::]',
      '10.0.0.1',
      '172.16.0.1',
      '192.168.0.1',
      '169.254.169.254',
      '100.64.0.1',
      '[fe80::1]',
    ],
    '[fd00::1]',
  ];
  const detours = hosts.flatMap((host) => [
    `${base}/to/${encodeURIComponent(`http://${host}/`)}`,
    `${base}/to/${encodeURIComponent(`http://${host}:${portOf(inside)}/`)}`,
  ]);
  const bad = [...hosts.map((host) => `http://${host}/latest/meta-data`), ...detours];
  const id = await create({ provider: 'noop', images: [...bad, `${base}/photo/1`].map((url) => ({ url })) });
  expect(await system.client.waitForTerminal(id, 100_000)).toMatchObject({
    counts: { completed: 1, failed: bad.length },
  });
  for (const file of (await system.client.listFiles(id)).slice(0, bad.length))
    expect(file).toMatchObject({
      ...{ status: 'failed', attempts: 1 },
      error: {
        code: 'input.url_forbidden',
        retryable: false,
        message: expect.stringMatching(/^(host|a redirect of host) /),
      },
    });
  expect(connections).toBe(0);
});

test('a host that nobody knows fails its own file, in the end', async () => {
  const id = await create({
    provider: 'noop',
    images: [
      { url: 'http://no-such-host.invalid/a.jpg' },
      { url: `http://127.0.0.1:${portOf(shop)}/photo/1` },
    ],
  });
  await waitFor(async () => (await system.client.getBatch(id)).counts.completed === 1);
  const waiting = await waitFor(async () => {
    const [file] = await system.client.listFiles(id);
    return file?.['waiting_for'] === null ? undefined : file;
  });
  expect(waiting).toMatchObject({
    status: 'running',
    waiting_for: {
      code: 'retry_at',
      detail: expect.stringMatching(/^host no-such-host\.invalid.*next try in/),
    },
  });
  // after three tries, 20 to 75 s
  expect(await system.client.waitForTerminal(id, 110_000)).toMatchObject({ status: 'partial' });
  const [file] = await system.client.listFiles(id);
  expect(file).toMatchObject({
    attempts: 3,
    error: { code: expect.stringMatching(/^source\.(dns|timeout)$/) },
  });
});
