import { createHash, randomBytes } from 'node:crypto';
import { rm, truncate } from 'node:fs/promises';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { manifestSchema } from '@image2model/contracts';
import { photo, waitFor, type Answer, type BatchView } from '@image2model/testing';
import { startGateway, type GatewayUnderTest } from './support/gateway.js';
import { openFilesBelow } from './support/open-files.js';
import { readZip } from './support/read-zip.js';
import { createStandInWorker, type StandInWorker } from './support/stand-in-worker.js';

/** Names that somebody will send one day. */
const naughty = [
  '../../../../etc/passwd',
  '..\\..\\windows\\system32\\cmd.exe',
  '/absolute/path.jpg',
  'C:\\photos\\chair.jpg',
  '\\\\server\\share\\chair.jpg',
  'CON.jpg',
  'nul',
  'com1.tar.png',
  'LPT9 .jpg',
  'chair.jpg',
  'chair.jpg',
  'CHAIR.JPG',
  '....jpg',
  ' . .png',
  '.htaccess',
  'a/b/c.jpg',
  'tab\there\nand\r\nthere.jpg',
  '\u202Egpj.exe',
  '\uFEFF\u200B.jpg',
  'Ω≈ç√∫˜µ≤≥÷.png',
  '田中さんにあげて下さい.png',
  '👩‍👩‍👧‍👦 🇯🇵.webp',
  'e\u0301te\u0301.jpg',
  'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢.jpg',
  "'; DROP TABLE files; --.jpg",
  '<script>alert(1)</script>.png',
  '$(touch x) `id` %00 %2e%2e%2f.jpg',
  'manifest.json',
  '-rf.jpg',
  '~root.jpg',
  'aux.glb.glb',
  'x'.repeat(255),
  'é'.repeat(127),
  '?*:|"<>.jpg',
  '__proto__',
];
const modelOf = (n: number): Buffer => randomBytes(200_000 + 977 * n);

let gateway: GatewayUnderTest;
let worker: StandInWorker;
let batch: BatchView;
const models: Buffer[] = naughty.map((_, n) => modelOf(n));

beforeAll(async () => {
  gateway = await startGateway();
  worker = await createStandInWorker(gateway);
  const bytes = await photo({ width: 64, height: 64 });
  batch = await gateway.client.createUploadBatch(naughty.map((name) => ({ name, bytes })));
  for (const [idx, glb] of models.entries())
    if (idx === 3) await worker.fail(batch.id, idx);
    else await worker.complete(batch.id, idx, glb);
});
afterAll(async () => {
  await worker.close();
  await gateway.stop();
});

const zipOf = (id: string, method = 'GET'): Promise<Answer> =>
  gateway.client.request(method, `/v1/batches/${id}/results.zip`);
const openFiles = (): Promise<string[]> =>
  openFilesBelow(gateway.processes('gateway')[0]?.pid ?? 0, gateway.storageDir);

/** A batch that has ended, its first files with models. */
async function ended(names: readonly string[], bytes: number): Promise<BatchView> {
  const source = await photo({ width: 64, height: 64 });
  const made = await gateway.client.createUploadBatch(names.map((name) => ({ name, bytes: source })));
  for (const idx of names.keys()) await worker.complete(made.id, idx, randomBytes(bytes));
  return made;
}

/** The response while its body is not read. */
const begin = (id: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${gateway.apiKey}` };
    get(`${gateway.gatewayUrl}/v1/batches/${id}/results.zip`, { headers }, resolve).on('error', reject);
  });

describe('results.zip', () => {
  it('holds every model byte for byte, under the paths of the manifest, and the manifest', async () => {
    const { status, headers, body } = await zipOf(batch.id);
    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'application/zip',
      'content-length': String((body as Buffer).length),
      'content-disposition': `attachment; filename="${batch.id}.results.zip"; filename*=UTF-8''${batch.id}.results.zip`,
    });
    const files = await readZip(body as Buffer);
    const manifest = manifestSchema.parse(JSON.parse(String(files.get('manifest.json'))));
    expect(manifest).toEqual((await gateway.client.request('GET', `/v1/batches/${batch.id}/manifest`)).body);
    expect(manifest.files.map(({ idx }) => idx)).toEqual([...naughty.keys()]);
    const paths = manifest.files.flatMap(({ model }) => (model === null ? [] : [model.path]));
    expect([...files.keys()]).toEqual([...paths, 'manifest.json']);
    for (const { idx, model } of manifest.files) {
      if (model === null) continue;
      const bytes = files.get(model.path);
      expect(bytes?.equals(models[idx] ?? Buffer.alloc(0))).toBe(true);
      expect(
        createHash('sha256')
          .update(bytes ?? '')
          .digest('hex'),
      ).toBe(model.sha256);
    }
    expect(manifest.files[3]).toMatchObject({ status: 'failed', model: null });
  });

  it('has paths that every file system takes and that sort by file', async () => {
    const { body } = await zipOf(batch.id);
    const paths = [...(await readZip(body as Buffer)).keys()].slice(0, -1);
    for (const path of paths) {
      expect(path).toMatch(/^\d{6}-[^/\\:*?"<>|\p{Cc}\p{Cf}\p{Cs}]+\.glb$/u);
      expect(Buffer.byteLength(path)).toBeLessThanOrEqual(140);
      expect(path.slice(7)).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d) *\./i);
      expect(path).not.toContain('..');
    }
    expect([...paths].sort()).toEqual(paths);
    expect(new Set(paths.map((path) => path.toLowerCase())).size).toBe(paths.length);
  });

  it('is the same at every download', async () => {
    expect(((await zipOf(batch.id)).body as Buffer).equals((await zipOf(batch.id)).body as Buffer)).toBe(
      true,
    );
  });

  it('answers HEAD with its size and nothing else', async () => {
    const { status, headers, body } = await zipOf(batch.id, 'HEAD');
    const whole = ((await zipOf(batch.id)).body as Buffer).length;
    expect([status, headers.get('content-length'), (body as Buffer).length]).toEqual([200, String(whole), 0]);
    await waitFor(async () => (await openFiles()).length === 0, { what: 'no open file' });
  });

  it('is the manifest alone for a batch without models', async () => {
    const noop = await gateway.client.createNoopBatch(3);
    for (const idx of [0, 1, 2]) await worker.fail(noop.id, idx);
    const files = await readZip((await zipOf(noop.id)).body as Buffer);
    expect([...files.keys()]).toEqual(['manifest.json']);
    expect(manifestSchema.parse(JSON.parse(String(files.get('manifest.json'))))).toMatchObject({
      status: 'failed',
    });
  });

  it('is 409 while the batch goes on, with where to find what is finished', async () => {
    const live = await gateway.client.createNoopBatch(2);
    const { status, body } = await zipOf(live.id);
    expect([status, body]).toMatchObject([409, { code: 'batch_not_ended' }]);
    expect((body as { detail: string }).detail).toContain(`/v1/batches/${live.id}/files/{idx}/model`);
  });

  it('is 404 for a stranger', async () => {
    const path = `/v1/batches/${batch.id}/results.zip`;
    expect((await gateway.stranger.request('GET', path)).status).toBe(404);
  });
});

describe('a zip that cannot be whole', () => {
  const modelFile = async (id: string, idx: number): Promise<string> => {
    const file = await worker.redis.batches.file(id, idx);
    return join(gateway.storageDir, file?.model?.key ?? 'none');
  };

  it.each([
    ['is missing', (path: string) => rm(path)],
    ['is too short', (path: string) => truncate(path, 1_000)],
    ['is too long', (path: string) => truncate(path, 500_000)],
  ])('breaks off when a model %s', async (_, damage) => {
    const { id } = await ended(['a.jpg', 'b.jpg', 'c.jpg'], 300_000);
    await damage(await modelFile(id, 1));
    await expect(zipOf(id)).rejects.toThrow();
    await waitFor(async () => (await openFiles()).length === 0, { what: 'no open file' });
  });

  it('has one file open at a time, waits for a slow client, and none is left when the client goes', async () => {
    const { id } = await ended(['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg'], 6_000_000);
    const clients = await Promise.all([1, 2, 3].map(() => begin(id)));
    await waitFor(async () => (await openFiles()).length === 3, { what: 'three open files' });
    expect(await openFiles()).toHaveLength(3);
    for (const client of clients) client.destroy();
    await waitFor(async () => (await openFiles()).length === 0, { what: 'no open file' });
  });
});
