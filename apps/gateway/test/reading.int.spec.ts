import { createHash } from 'node:crypto';
import {
  batchListSchema,
  batchSchema,
  fileListSchema,
  fileSchema,
  manifestSchema,
} from '@image2model/contracts';
import { photo, type Answer, type BatchView } from '@image2model/testing';
import { startGateway, type GatewayUnderTest } from './support/gateway.js';
import { createStandInWorker, type StandInWorker } from './support/stand-in-worker.js';

let gateway: GatewayUnderTest;
let worker: StandInWorker;
let batch: BatchView;
const glb = Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 251));
const tag = `"${createHash('sha256').update(glb).digest('hex')}"`;

beforeAll(async () => {
  gateway = await startGateway();
  worker = await createStandInWorker(gateway);
  const good = await photo();
  batch = await gateway.client.createUploadBatch(
    ['Chair "A" 😀.jpg', 'b.jpg', 'c.jpg', 'd.jpg'].map((name) => ({
      name,
      bytes: name === 'd.jpg' ? Buffer.from('no') : good,
    })),
  );
  await worker.complete(batch.id, 0, glb);
  await worker.fail(batch.id, 1);
  await worker.start(batch.id, 2);
  await worker.progress(batch.id, 2, 50);
});
afterAll(async () => {
  await worker.close();
  await gateway.stop();
});

const get = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  gateway.client.request('GET', path, { headers });
const at = (path: string): string => `/v1/batches/${batch.id}${path}`;

describe('a batch and its files', () => {
  it('say how far they are', async () => {
    const { body } = await get(at(''));
    expect(batchSchema.parse(body)).toEqual(body);
    expect(body).toMatchObject({
      status: 'processing',
      counts: { pending: 0, running: 1, completed: 1, failed: 2, cancelled: 0 },
      progress: 87.5,
      started_at: expect.any(String),
      completed_at: null,
    });
    expect((body as BatchView)['eta_seconds']).toEqual([expect.any(Number), expect.any(Number)]);
  });

  it('have the fields of the contract, each file by idx', async () => {
    const { body } = await get(at('/files'));
    expect(fileListSchema.parse(body)).toEqual(body);
    const { data } = fileListSchema.parse(body);
    expect(data.map(({ idx, status }) => [idx, status])).toEqual([
      [0, 'completed'],
      [1, 'failed'],
      [2, 'running'],
      [3, 'failed'],
    ]);
    expect(data[0]).toMatchObject({
      progress: 100,
      stage: null,
      attempts: 1,
      generation: { provider: 'embedded', endpoint: null, request_id: null },
      model: { url: at('/files/0/model'), bytes: 1000, sha256: tag.slice(1, -1), faces: 48, vertices: 26 },
      error: null,
      cost_usd: 0,
      processing_ms: expect.any(Number),
    });
    expect(data[1]).toMatchObject({
      model: null,
      error: { code: 'input.truncated', message: 'cut off', retryable: false },
    });
    expect(data[2]).toMatchObject({ progress: 50, stage: 'mesh', completed_at: null, processing_ms: null });
    expect(data[3]).toMatchObject({
      source: { width: null, height: null },
      error: { code: 'input.unsupported_format' },
    });
    for (const file of data)
      expect((await get(at(`/files/${file.idx}`))).body).toEqual(fileSchema.parse(file));
  });

  it('make a manifest that parses', async () => {
    const { headers, body } = await get(at('/manifest'));
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    const manifest = manifestSchema.parse(body);
    expect(manifest).toEqual(body);
    expect(manifest.files.map(({ name }) => name)).toEqual(['Chair "A" 😀.jpg', 'b.jpg', 'c.jpg', 'd.jpg']);
    expect(manifest.files[0]?.model).toMatchObject({
      path: '000000-Chair _A_ _.glb',
      url: at('/files/0/model'),
      sha256: tag.slice(1, -1),
    });
  });
});

describe('a model', () => {
  const model = (headers: Record<string, string> = {}): Promise<Answer> => get(at('/files/0/model'), headers);

  it('comes whole, with its checksum as entity tag, and as a download', async () => {
    const { status, headers, body } = await model();
    expect(status).toBe(200);
    expect(body).toEqual(glb);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'model/gltf-binary',
      'content-length': '1000',
      etag: tag,
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      'content-disposition': `attachment; filename="Chair _A_ _.glb"; filename*=UTF-8''Chair%20_A_%20_.glb`,
    });
  });

  it.each([
    ['bytes=0-9', 0, 9],
    ['bytes=990-', 990, 999],
    ['bytes=-5', 995, 999],
    ['bytes=900-5000', 900, 999],
    ['bytes=-5000', 0, 999],
    ['bytes=999-999', 999, 999],
  ])('comes in parts: %s', async (range, start, end) => {
    const { status, headers, body } = await model({ range });
    expect([status, headers.get('content-range')]).toEqual([206, `bytes ${start}-${end}/1000`]);
    expect(body).toEqual(glb.subarray(start, end + 1));
  });

  it.each(['bytes=1000-', 'bytes=5000-6000', 'bytes=-0'])('has no %s', async (range) => {
    const { status, headers, body } = await model({ range });
    expect([status, headers.get('content-range')]).toEqual([416, 'bytes */1000']);
    expect(body).toMatchObject({ code: 'range_not_satisfiable' });
  });

  it.each(['bytes=9-0', 'bytes=0-1,4-5', 'lines=0-1', 'bytes=x-'])('comes whole for %s', async (range) => {
    expect((await model({ range })).status).toBe(200);
  });

  it('is not sent again to who has it', async () => {
    const { status, headers, body } = await model({ 'if-none-match': `"other", W/${tag}` });
    expect([status, headers.get('etag'), (body as Buffer).length]).toEqual([304, tag, 0]);
    expect((await model({ 'if-none-match': '"other"' })).status).toBe(200);
    expect((await model({ range: 'bytes=0-0', 'if-range': tag })).status).toBe(206);
    expect((await model({ range: 'bytes=0-0', 'if-range': '"other"' })).status).toBe(200);
  });

  it('answers HEAD without a body', async () => {
    const { status, headers, body } = await gateway.client.request('HEAD', at('/files/0/model'));
    expect([status, headers.get('content-length'), (body as Buffer).length]).toEqual([200, '1000', 0]);
  });

  it.each([1, 2, 3, 4])('is 404 for file %i, which has none', async (idx) => {
    expect((await get(at(`/files/${idx}/model`))).status).toBe(404);
  });
});

describe('lists', () => {
  let own: GatewayUnderTest;
  const ids: string[] = [];
  beforeAll(async () => {
    own = await startGateway();
    for (let n = 0; n < 7; n += 1) ids.unshift((await own.client.createNoopBatch(3)).id);
    await own.client.request('POST', `/v1/batches/${ids[2]}/cancel`);
  });
  afterAll(() => own.stop());

  const pages = async (path: string): Promise<{ sizes: number[]; data: Record<string, unknown>[] }> => {
    const [sizes, data]: [number[], Record<string, unknown>[]] = [[], []];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await own.client.request('GET', `${path}${cursor === '' ? '' : `&cursor=${cursor}`}`);
      const page = body as { data: Record<string, unknown>[]; next_cursor: string | null };
      sizes.push(page.data.length);
      data.push(...page.data);
      cursor = page.next_cursor;
    }
    return { sizes, data };
  };

  it('page through batches, newest first, each once', async () => {
    const { sizes, data } = await pages('/v1/batches?limit=3');
    expect(sizes).toEqual([3, 3, 1]);
    expect(data.map(({ id }) => id)).toEqual(ids);
    expect(batchListSchema.safeParse({ data, next_cursor: null }).success).toBe(true);
  });

  it('choose by status', async () => {
    expect((await pages('/v1/batches?limit=2&status=queued')).data.map(({ id }) => id)).toEqual(
      ids.filter((_, n) => n !== 2),
    );
    expect((await pages('/v1/batches?limit=2&status=cancelling')).data.map(({ id }) => id)).toEqual([ids[2]]);
    expect((await pages('/v1/batches?limit=2&status=failed')).data).toEqual([]);
  });

  it('page through files', async () => {
    const { sizes, data } = await pages(`/v1/batches/${ids[0]}/files?limit=2`);
    expect(sizes).toEqual([2, 1]);
    expect(data.map(({ idx }) => idx)).toEqual([0, 1, 2]);
    expect((await pages(`/v1/batches/${ids[0]}/files?limit=2&status=pending`)).data).toHaveLength(3);
    expect((await pages(`/v1/batches/${ids[0]}/files?limit=2&status=failed`)).data).toEqual([]);
  });

  it.each([
    ['limit=0', 'limit', /at least 1.*got 0/],
    ['limit=1001', 'limit', /at most 1000.*got 1001/],
    ['limit=x', 'limit', /number/],
    ['status=done', 'status', /got "done"/],
    ['cursor=nonsense', 'cursor', /next_cursor/],
    ['limit=1&limit=2', 'limit', /number/],
  ])('refuse %s', async (query, path, message) => {
    for (const list of ['/v1/batches', `/v1/batches/${ids[0]}/files`]) {
      const { status, body } = await own.client.request('GET', `${list}?${query}`);
      expect([status, body]).toMatchObject([
        422,
        { errors: [{ path, message: expect.stringMatching(message) }] },
      ]);
    }
  });

  it('do not take a cursor of another list', async () => {
    const { body } = await own.client.request('GET', '/v1/batches?limit=1');
    const { next_cursor } = body as { next_cursor: string };
    expect(
      (await own.client.request('GET', `/v1/batches/${ids[0]}/files?cursor=${next_cursor}`)).status,
    ).toBe(422);
  });
});

describe('cancel', () => {
  it('stops a batch at once, is idempotent, and answers the state of an ended one', async () => {
    const { id } = await gateway.client.createNoopBatch(2);
    const cancel = (): Promise<Answer> => gateway.client.request('POST', `/v1/batches/${id}/cancel`);
    expect(await cancel()).toMatchObject({ status: 200, body: { id, status: 'cancelling' } });
    await expect(worker.start(id, 0)).rejects.toThrow('stopped');
    expect(await cancel()).toMatchObject({ status: 200, body: { status: 'cancelling' } });
    const done = await gateway.client.createNoopBatch(1);
    await worker.complete(done.id, 0);
    expect(await gateway.client.request('POST', `/v1/batches/${done.id}/cancel`)).toMatchObject({
      status: 200,
      body: { status: 'completed', progress: 100 },
    });
  });
});

it('streams the manifest of 100,000 files', async () => {
  const { id } = await gateway.client.createNoopBatch(100_000);
  const { status, body } = await get(`/v1/batches/${id}/manifest`);
  expect(status).toBe(200);
  const { files } = body as { files: { idx: number }[] };
  expect(files).toHaveLength(100_000);
  expect(files[99_999]).toMatchObject({ idx: 99_999, status: 'pending', model: null });
});
