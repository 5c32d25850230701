import { createHash, randomBytes } from 'node:crypto';
import {
  closingAfterAll,
  photo,
  startProxy,
  startS3,
  uploadForm,
  waitFor,
  type Answer,
  type S3Server,
  type TcpProxy,
} from '@image2model/testing';
import { startGateway, type GatewayUnderTest } from './support/gateway.js';
import { createStandInWorker, type StandInWorker } from './support/stand-in-worker.js';

const closing = closingAfterAll();
const glb = randomBytes(300_000);
const sha256 = createHash('sha256').update(glb).digest('hex');
const tag = `"${sha256}"`;
let s3: S3Server;
let way: TcpProxy;
let gateway: GatewayUnderTest;
let worker: StandInWorker;
let path: string;

/** The gateway reaches the server through a proxy, clients reach it themselves. */
const storageUrl = (): string =>
  `s3://${s3.bucket}/gateway?endpoint=${encodeURIComponent(new URL(way.url).origin)}&public_endpoint=${encodeURIComponent(s3.endpoint)}`;

beforeAll(async () => {
  s3 = closing(await startS3());
  Object.assign(process.env, s3.credentials);
  way = closing(await startProxy(s3.endpoint));
  gateway = closing(
    await startGateway({ ...s3.credentials, STORAGE_URL: storageUrl(), I2M_DOWNLOADS: 'presigned' }),
  );
  worker = closing(await createStandInWorker(gateway, storageUrl()));
  const { id } = await gateway.client.createNoopBatch(2);
  await worker.complete(id, 0, glb);
  path = `/v1/batches/${id}/files/0/model`;
});

const ask = (method = 'GET', headers: Record<string, string> = {}): Promise<Response> =>
  fetch(gateway.gatewayUrl + path, {
    method,
    headers: { authorization: `Bearer ${gateway.apiKey}`, ...headers },
    redirect: 'manual',
  });

describe('presigned downloads', () => {
  it('answers with a link that gives the model without a key, typed and named', async () => {
    const answer = await ask();
    expect([answer.status, answer.headers.get('cache-control'), await answer.text()]).toEqual([
      307,
      'no-store',
      '',
    ]);
    const link = answer.headers.get('location') ?? '';
    expect(new URL(link).origin).toBe(s3.endpoint);
    expect(new URL(link).searchParams.get('X-Amz-Expires')).toBe('900');
    expect(link).not.toContain(s3.credentials.AWS_SECRET_ACCESS_KEY);
    const model = await fetch(link);
    expect(model.headers.get('content-type')).toBe('model/gltf-binary');
    expect(model.headers.get('content-disposition')).toMatch(/^attachment; filename="model\.glb"/);
    expect(Buffer.from(await model.arrayBuffer()).equals(glb)).toBe(true);
  });

  it('is followed by clients as they are, with ranges and HEAD', async () => {
    const whole = await gateway.client.request('GET', path);
    expect([whole.status, (whole.body as Buffer).equals(glb)]).toEqual([200, true]);
    const part = await gateway.client.request('GET', path, { headers: { range: 'bytes=10-19' } });
    expect([part.status, (part.body as Buffer).equals(glb.subarray(10, 20))]).toEqual([206, true]);
    const head = await gateway.client.request('HEAD', path);
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '300000']);
  });

  it.each([
    [{ 'if-none-match': tag }, 304],
    [{ 'if-match': '"other"' }, 412],
    [{ 'if-match': tag }, 200],
    [{ 'if-range': tag, range: 'bytes=0-9' }, 206],
    [{ 'if-range': '"other"', range: 'bytes=0-9' }, 200],
  ])('decides conditions on its own entity tag by itself: %j is %i', async (headers, status) => {
    expect((await ask('GET', headers)).status).toBe(status);
  });

  it('gives no link to what is not there, or of somebody else', async () => {
    const stranger = await gateway.stranger.request('GET', path);
    expect(stranger.status).toBe(404);
    path = path.replace('files/0', 'files/1');
    expect((await ask()).status).toBe(404);
    path = path.replace('files/1', 'files/0');
  });
});

it('streams where storage knows no links', async () => {
  const local = closing(await startGateway({ I2M_DOWNLOADS: 'presigned' }));
  const { complete } = closing(await createStandInWorker(local));
  const { id } = await local.client.createNoopBatch(1);
  await complete(id, 0, glb);
  const answer = await fetch(`${local.gatewayUrl}/v1/batches/${id}/files/0/model`, {
    headers: { authorization: `Bearer ${local.apiKey}` },
    redirect: 'manual',
  });
  expect([answer.status, answer.headers.get('etag')]).toEqual([200, tag]);
});

it('answers 503 with Retry-After while object storage is away, and takes batches again', async () => {
  const good = await photo();
  const upload = (): Promise<Answer> =>
    gateway.client.request('POST', '/v1/batches', { body: uploadForm([{ name: 'a.jpg', bytes: good }]) });
  expect((await upload()).status).toBe(202);
  way.cut();
  const away = await upload();
  expect([away.status, away.headers.has('retry-after'), away.body]).toMatchObject([
    503,
    true,
    { code: 'unavailable' },
  ]);
  way.restore();
  await waitFor(async () => (await upload()).status === 202, { what: 'a 202' });
});

it('does not start without its bucket, and says why', async () => {
  const refused = startGateway({
    ...s3.credentials,
    STORAGE_URL: `s3://nowhere?endpoint=${encodeURIComponent(s3.endpoint)}`,
  });
  await expect(refused).rejects.toThrow(/bucket nowhere at http:.+Make the bucket/);
});
