import { storageKeys } from '@image2model/storage';
import { photo, type Answer } from '@image2model/testing';
import sharp from 'sharp';
import { startGateway, type GatewayUnderTest } from './support/gateway.js';
import { createStandInWorker, type StandInWorker } from './support/stand-in-worker.js';

let gateway: GatewayUnderTest;
let worker: StandInWorker;
beforeAll(async () => {
  gateway = await startGateway({ I2M_NOOP_MS: '0' });
  worker = await createStandInWorker(gateway);
});
afterAll(async () => {
  await worker.close();
  await gateway.stop();
});
const thumbnail = (id: string, idx: number, headers: Record<string, string> = {}): Promise<Answer> =>
  gateway.client.request('GET', `/v1/batches/${id}/files/${idx}/thumbnail`, { headers });

it('shows the source upright, small, as WebP, and makes it once', async () => {
  const turned = await sharp(await photo({ width: 1_200, height: 800 }))
    .withMetadata({ orientation: 6 })
    .toBuffer();
  const small = await photo({ width: 100, height: 60, format: 'png' });
  const { id } = await gateway.client.createUploadBatch([
    { name: 'a.jpg', bytes: turned },
    { name: 'b.png', bytes: small },
  ]);
  const answers = await Promise.all(Array.from({ length: 8 }, () => thumbnail(id, 0)));
  const [first] = answers;
  expect(first?.status).toBe(200);
  expect(first?.headers.get('content-type')).toBe('image/webp');
  expect(first?.headers.get('cache-control')).toBe('private, no-cache');
  expect(await sharp(first?.body as Buffer).metadata()).toMatchObject({
    format: 'webp',
    width: 341,
    height: 512,
  });
  for (const answer of answers) expect(answer.body).toEqual(first?.body);
  expect(await sharp((await thumbnail(id, 1)).body as Buffer).metadata()).toMatchObject({
    width: 100,
    height: 60,
  });

  const tag = first?.headers.get('etag') ?? '';
  expect(tag).toMatch(/^"[0-9a-f]{64}"$/);
  expect((await thumbnail(id, 0, { 'if-none-match': tag })).status).toBe(304);
  const stored = (await gateway.stored()).filter((path) => path.includes('thumbnails'));
  expect(stored).toEqual([storageKeys.thumbnail(id, 0), storageKeys.thumbnail(id, 1)]);
  // kept: the source is not looked at again
  await worker.storage.remove(storageKeys.source(id, 0));
  expect((await thumbnail(id, 0)).body).toEqual(first?.body);
});

it('is 404 where there is no image: noop, a refused upload, a URL that is not fetched, one that cannot be decoded', async () => {
  const none = async (id: string, idx: number): Promise<void> => {
    const answer = await thumbnail(id, idx);
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({ code: 'not_found' });
  };
  await none((await gateway.client.createNoopBatch(1)).id, 0);
  const uploads = await gateway.client.createUploadBatch([
    { name: 'a.jpg', bytes: Buffer.from('no') },
    { name: 'b.jpg', bytes: (await photo({ width: 640, height: 480 })).subarray(0, 9_000) },
  ]);
  for (const idx of [0, 1, 2]) await none(uploads.id, idx);
  const body = JSON.stringify({ images: [{ url: 'https://example.com/a.jpg' }] });
  const urls = await gateway.client.request('POST', '/v1/batches', {
    body,
    headers: { 'content-type': 'application/json' },
  });
  const { id } = urls.body as { id: string };
  await none(id, 0);
  // as a worker does when it has fetched it
  await worker.storage.write(storageKeys.source(id, 0), await photo());
  expect((await thumbnail(id, 0)).status).toBe(200);
});
