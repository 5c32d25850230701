import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { storedManifestSchema, urlPlace, urlRange, type BatchFile } from '@image2model/contracts';
import { waitFor, type Answer } from '@image2model/testing';
import { startGateway, type GatewayUnderTest } from './support/gateway.js';
import { errorAt, refusal as refusalOf } from './support/refusal.js';

let gateway: GatewayUnderTest;
let nosy: Server;
let connections = 0;
beforeAll(async () => {
  nosy = createServer()
    .on('connection', () => void (connections += 1))
    .listen(0, '127.0.0.1');
  await once(nosy, 'listening');
  gateway = await startGateway({ SOURCE_ALLOW_HOSTS: host() });
});
afterAll(async () => {
  await gateway.stop();
  nosy.close();
});
const host = (): string => `127.0.0.1:${(nosy.address() as AddressInfo).port}`;

const post = (body: string): Promise<Answer> =>
  gateway.client.request('POST', '/v1/batches', { body, headers: { 'content-type': 'application/json' } });
const send = (images: unknown, fields: Record<string, unknown> = {}): Promise<Answer> =>
  post(JSON.stringify({ images, ...fields }));
const refusal = (asked: Promise<Answer>, status: number) => refusalOf(gateway, asked, status);

describe('refused as a whole, before anything is kept', () => {
  const good = { url: 'https://example.com/a.jpg' };
  it.each([
    [[good, { url: 'a.jpg' }], 'images[1].url', /not a URL/],
    [[{ url: 'ftp://example.com/a' }], 'images[0].url', /http:\/\/ or https:\/\/; got ftp:/],
    [[{ url: 'https://example.com:8443/a' }], 'images[0].url', /port 80 or 443; got 8443/],
    [[{ url: 'https://user:secret@example.com/a' }], 'images[0].url', /user name or a password/],
    [
      [{ url: `https://example.com/${'x'.repeat(2_048)}` }],
      'images[0].url',
      /at most 2048 characters; got 2068/,
    ],
    [[{ url: 7 }], 'images[0].url', /text; got 7/],
    [[{}], 'images[0].url', /required/],
    [['https://example.com/a.jpg'], 'images[0]', /object/],
    [[{ ...good, size: 3 }], 'images[0].size', /not known/],
    [[{ ...good, name: 7 }], 'images[0].name', /text; got 7/],
    [[{ ...good, metadata: [1] }], 'images[0].metadata', /object/],
    [[{ ...good, metadata: { a: 'x'.repeat(2_050) } }], 'images[0].metadata', /2048 bytes/],
    [[], 'images', /at least 1.*\[\]/],
    ['https://example.com/a.jpg', 'images', /list/],
    [Array.from({ length: 10_001 }, () => good), 'images', /at most 10000/],
  ])('%.60j', async (images, path, message) => {
    expect(errorAt(await refusal(send(images), 422), path)).toMatch(message);
  });

  it('every bad URL is named, at most once', async () => {
    const { errors } = await refusal(
      send([{ url: 'x' }, good, { url: 'file:///a' }, { url: 'http://a:1/' }]),
      422,
    );
    expect(errors?.map(({ path }) => path)).toEqual(['images[0].url', 'images[2].url', 'images[3].url']);
  });

  it('a problem never repeats what a URL is signed with', async () => {
    const problem = await refusal(send([{ url: 'https://example.com:99/a?sig=secret' }]), 422);
    expect(JSON.stringify(problem)).not.toContain('secret');
  });

  it('keys that reach for prototypes', async () => {
    const body = '{"images":[{"url":"https://example.com/a","metadata":{"a":{"__proto__":1}}}]}';
    expect(errorAt(await refusal(post(body), 422), 'images.0.metadata.a.__proto__')).toMatch(/cannot|can/);
  });

  it('images and count at once', async () => {
    expect(errorAt(await refusal(send([good], { provider: 'noop', count: 1 }), 422), 'count')).toMatch(
      /not known/,
    );
  });

  it('more than 256 KB beside the images, or more than 32 MB with them, is 413 with limit and value', async () => {
    const many = Array.from({ length: 3_000 }, (_, n) => ({
      url: `https://example.com/${n}/${'x'.repeat(200)}`,
    }));
    const { detail } = await refusal(send(many, { name: 'x'.repeat(262_144) }), 413);
    expect(detail).toMatch(/262144 bytes beside its images; got 2621\d\d/);
    const body = `{"images":[{"url":"${'x'.repeat(33_554_432)}"}]}`;
    expect((await refusal(post(body), 413)).detail).toMatch(new RegExp(`33554432 bytes.*${body.length}`));
  });
});

it('takes URLs without asking one of them, and keeps what signs them to itself', async () => {
  const secret = 'https://cdn.example.com:443/shop/red%20shoe.jpg?X-Signature=verysecret#top';
  const answer = await send(
    [
      { url: secret, metadata: { sku: 'A-1', sizes: [1, 2] } },
      { url: `http://${host()}/b.png`, name: '../c\u0007.png' },
      { url: 'http://127.0.0.1/' },
      { url: 'https://example.com/%ff?x' },
    ],
    { priority: 'high', name: 'shoes' },
  );
  expect(answer).toMatchObject({
    status: 202,
    body: { total_files: 4, name: 'shoes', priority: 'high', counts: { pending: 4, failed: 0 } },
  });
  const { id } = answer.body as { id: string };
  const files = (await gateway.client.listFiles(id)) as unknown as BatchFile[];
  const nothing = { bytes: null, type: null, width: null, height: null };
  expect(files.map(({ name, source, metadata, status }) => ({ name, source, metadata, status }))).toEqual([
    {
      name: 'red shoe.jpg',
      source: { ...nothing, url: 'https://cdn.example.com/shop/red%20shoe.jpg' },
      metadata: { sku: 'A-1', sizes: [1, 2] },
      status: 'pending',
    },
    { name: '../c.png', source: { ...nothing, url: `http://${host()}/b.png` }, status: 'pending' },
    { name: '127.0.0.1', source: { ...nothing, url: 'http://127.0.0.1/' }, status: 'pending' },
    { name: '%ff', source: { ...nothing, url: 'https://example.com/%ff' }, status: 'pending' },
  ]);
  const manifest = await gateway.client.request('GET', `/v1/batches/${id}/manifest`);
  expect(manifest.body).toMatchObject({ files: [{ metadata: { sku: 'A-1' } }, {}, {}, {}] });
  // a worker finds the whole URL in storage, and so does who rebuilds the batch
  const stored = await readFile(join(gateway.storageDir, `batches/${id}/manifest.json`), 'utf8');
  expect(storedManifestSchema.parse(JSON.parse(stored)).files[0]).toMatchObject({
    url: secret,
    sha256: null,
  });
  const packed = await readFile(join(gateway.storageDir, `batches/${id}/urls`));
  const { start, end } = urlRange(packed.subarray(urlPlace(0).start, urlPlace(0).end + 1));
  expect(packed.subarray(start, end + 1).toString()).toBe(secret);
  expect(JSON.stringify([files, manifest.body]) + gateway.logs()).not.toContain('verysecret');
  expect(connections).toBe(0);
});

it('takes 10,000 URLs at once', async () => {
  const images = Array.from({ length: 10_000 }, (_, n) => ({
    url: `https://example.com/${'x'.repeat(1_000)}/${n}.jpg?sig=${'y'.repeat(500)}`,
    metadata: { n },
  }));
  const answer = await send(images, { provider: 'noop' });
  expect(answer).toMatchObject({ status: 202, body: { total_files: 10_000 } });
  const { id } = answer.body as { id: string };
  const last = await waitFor(() => gateway.client.request('GET', `/v1/batches/${id}/files/9999`));
  expect(last.body).toMatchObject({ name: '9999.jpg', metadata: { n: 9_999 } });
});
