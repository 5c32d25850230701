import { text } from 'node:stream/consumers';
import { closingAfterAll, startProxy, startS3, waitFor, type S3Server } from '@image2model/testing';
import { openStorage } from '../src/open-storage.js';
import type { LinkOptions, Storage } from '../src/storage.js';

const closing = closingAfterAll();
let s3: S3Server;
let url: string;
let storage: Storage;
beforeAll(async () => {
  s3 = closing(await startS3());
});
beforeEach(async () => {
  Object.assign(process.env, s3.credentials);
  url = s3.storageUrl('s3/access');
  storage = await openStorage(url);
});

describe('links', () => {
  const link: LinkOptions = {
    method: 'GET',
    expiresS: 60,
    contentType: 'model/gltf-binary',
    disposition: `attachment; filename="a b.glb"; filename*=UTF-8''%C3%A4.glb`,
    cacheControl: 'private, no-cache',
  };
  const presigned = (options: Partial<LinkOptions> = {}): Promise<string> =>
    storage.presign?.('a/b.glb', { ...link, ...options }) ?? Promise.reject(new Error('no links'));
  beforeEach(() => storage.write('a/b.glb', Buffer.from('0123456789')));

  it('work without credentials, with ranges, and name what they give', async () => {
    const answer = await fetch(await presigned());
    expect([answer.status, await answer.text()]).toEqual([200, '0123456789']);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': link.contentType,
      'content-disposition': link.disposition,
      'cache-control': link.cacheControl,
    });
    const part = await fetch(await presigned(), { headers: { range: 'bytes=2-4' } });
    expect([part.status, await part.text()]).toEqual([206, '234']);
    const head = await fetch(await presigned({ method: 'HEAD' }), { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '10']);
  });

  it('open nothing else, and not for ever', async () => {
    const own = await presigned();
    await storage.write('a/c.glb', Buffer.from('secret'));
    expect((await fetch(own.replace('b.glb', 'c.glb'))).status).toBe(403);
    expect((await fetch(own, { method: 'DELETE' })).status).toBe(403);
    expect((await fetch(own.replace('X-Amz-Expires=60', 'X-Amz-Expires=600'))).status).toBe(403);
    const short = await presigned({ expiresS: 1 });
    await waitFor(async () => (await fetch(short)).status === 403, { what: 'the link expired' });
    expect(own).not.toContain(s3.credentials.AWS_SECRET_ACCESS_KEY);
  });

  it('lead to where clients see the server', async () => {
    const seen = await openStorage(`${url}&public_endpoint=https%3A%2F%2Fmodels.example.com`);
    expect(await seen.presign?.('a/b.glb', link)).toMatch(
      new RegExp('^https://models\\.example\\.com/test/s3/access/a/b\\.glb\\?'),
    );
  });
});

describe('a bucket that cannot be used', () => {
  it.each([
    [
      'is not there',
      () => url.replace('s3://test/', 's3://other/'),
      'not_found',
      /bucket other at http.+Make the bucket/,
    ],
    [
      'is nowhere',
      () => 's3://test/x?endpoint=http%3A%2F%2F127.0.0.1%3A9',
      'unavailable',
      /(ECONNREFUSED|no answer)\. Check endpoint/,
    ],
  ])('%s', async (_what, place, code, message) => {
    await expect(openStorage(place())).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it('refuses other credentials, and says so without them', async () => {
    process.env['AWS_SECRET_ACCESS_KEY'] = 'a-wrong-secret';
    const refused = openStorage(url);
    await expect(refused).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringMatching(/s3:ListBucket, .+check the clock/),
    });
    await expect(refused).rejects.not.toThrow(/a-wrong-secret/);
  });

  it('goes away while it is used, and comes back', async () => {
    const proxy = closing(await startProxy(s3.endpoint));
    const through = await openStorage(
      url.replace(encodeURIComponent(s3.endpoint), encodeURIComponent(new URL(proxy.url).origin)),
    );
    await through.write('k', Buffer.from('x'));
    proxy.cut();
    const startedAt = performance.now();
    await expect(through.write('k', Buffer.from('y'))).rejects.toMatchObject({ code: 'unavailable' });
    await expect(through.read('k')).rejects.toMatchObject({ code: 'unavailable' });
    await expect(through.check()).rejects.toMatchObject({ code: 'unavailable' });
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    proxy.restore();
    expect(await text(await through.read('k'))).toBe('x');
  });
});
