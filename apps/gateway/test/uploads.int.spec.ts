import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { storedManifestSchema } from '@image2model/contracts';
import { paddedJpeg, photo, waitFor, watchEvents, type BatchView } from '@image2model/testing';
import { startGateway, type GatewayUnderTest } from './support/gateway.js';
import { beginUpload } from './support/slow-upload.js';

let gateway: GatewayUnderTest;
let good: Buffer;
beforeAll(async () => {
  gateway = await startGateway({ I2M_MAX_FILES_PER_REQUEST: '300' });
  good = await photo();
});
afterAll(() => gateway.stop());

const onDisk = (key: string): Promise<Buffer> => readFile(join(gateway.storageDir, key));
const rssMb = async (): Promise<number> => {
  const status = await readFile(`/proc/${gateway.processes('gateway')[0]?.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
};

describe('an accepted upload', () => {
  it('is in storage byte for byte, with a manifest that Redis could be rebuilt from, and announced once', async () => {
    const events = await watchEvents(gateway.amqpUrl);
    const other = await photo({ format: 'png', seed: 2 });
    const batch = await gateway.client.createUploadBatch(
      [
        { name: 'a.jpg', bytes: good },
        { name: 'b.jpg', bytes: Buffer.from('no') },
        { name: 'c.png', bytes: other },
      ],
      { priority: 'high' },
    );
    const manifest = storedManifestSchema.parse(
      JSON.parse((await onDisk(`batches/${batch.id}/manifest.json`)).toString()),
    );
    expect(manifest).toMatchObject({
      version: 1,
      id: batch.id,
      tenant: 'acme',
      lane: 'high',
      provider: 'embedded',
      total: 3,
      retention_hours: 168,
      settings: { face_limit: 50_000 },
    });
    const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
    expect(manifest.files).toEqual([
      {
        idx: 0,
        name: 'a.jpg',
        bytes: good.length,
        type: 'image/jpeg',
        width: 320,
        height: 240,
        sha256: sha256(good),
        error: null,
      },
      {
        idx: 1,
        name: 'b.jpg',
        bytes: 2,
        type: 'text/plain',
        width: 0,
        height: 0,
        sha256: null,
        error: expect.objectContaining({ code: 'input.unsupported_format' }),
      },
      {
        idx: 2,
        name: 'c.png',
        bytes: other.length,
        type: 'image/png',
        width: 320,
        height: 240,
        sha256: sha256(other),
        error: null,
      },
    ]);
    expect(await onDisk(`batches/${batch.id}/sources/0`)).toEqual(good);
    expect(await onDisk(`batches/${batch.id}/sources/2`)).toEqual(other);
    const announced = await waitFor(() => events.of('batch.submitted', batch.id)[0]);
    expect(announced).toMatchObject({
      id: `batch.submitted:${batch.id}`,
      payload: { lane: 'high', total: 3 },
    });
    await events.close();
  });

  it('needs flat memory however large it is', async () => {
    await gateway.client.createUploadBatch([{ name: 'warm.jpg', bytes: good }]);
    const before = await rssMb();
    const large = await paddedJpeg(4 * 1024 * 1024);
    let peak = 0;
    const watch = setInterval(() => void rssMb().then((mb) => (peak = Math.max(peak, mb))), 50);
    const batch = await gateway.client.createUploadBatch(
      Array.from({ length: 60 }, (_, n) => ({ name: `${n}.jpg`, bytes: large })),
    );
    clearInterval(watch);
    expect(batch.counts.pending).toBe(60);
    expect(peak).toBeLessThan(before + 120);
  });

  it('keeps the order of its parts, whatever takes long', async () => {
    const slow = await paddedJpeg(3 * 1024 * 1024);
    const files = Array.from({ length: 40 }, (_, n) => ({
      name: `n${n}.jpg`,
      bytes: n % 7 === 0 ? slow : good,
    }));
    const batch = await gateway.client.createUploadBatch(files);
    expect((await gateway.client.listFiles(batch.id)).map(({ name }) => name)).toEqual(
      files.map(({ name }) => name),
    );
  });
});

describe('noop', () => {
  it('takes a number of files without images', async () => {
    const batch = await gateway.client.createNoopBatch(100_000, {
      name: 'many',
      priority: 'low',
      settings: { seed: 1 },
    });
    expect(batch).toMatchObject({
      total_files: 100_000,
      provider: 'noop',
      priority: 'low',
      name: 'many',
      counts: { pending: 100_000 },
    });
    expect(
      storedManifestSchema.parse(JSON.parse((await onDisk(`batches/${batch.id}/manifest.json`)).toString())),
    ).toMatchObject({ total: 100_000, files: [] });
  });

  it('takes images too', async () => {
    const batch = await gateway.client.createUploadBatch([{ name: 'a.jpg', bytes: good }], {
      provider: 'noop',
    });
    expect(batch).toMatchObject({ provider: 'noop', total_files: 1 });
  });

  it('is refused where it is not enabled', async () => {
    const strict = await startGateway({ I2M_NOOP_MS: '' });
    const body = JSON.stringify({ provider: 'noop', count: 1 });
    const answer = await strict.client.request('POST', '/v1/batches', {
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect([answer.status, answer.body]).toEqual([
      422,
      expect.objectContaining({
        errors: [{ path: 'provider', message: expect.stringContaining('I2M_NOOP_MS') }],
      }),
    ]);
    await strict.stop();
    const byDefault = await startGateway({ I2M_NOOP_MS: '', I2M_PROVIDER: 'noop' });
    expect(await byDefault.client.createNoopBatch(1, { provider: undefined })).toMatchObject({
      provider: 'noop',
    });
    await byDefault.stop();
  });
});

it('a client that goes away in the middle leaves nothing behind', async () => {
  const before = await gateway.stored();
  const keys = await gateway.batchKeys();
  const upload = await beginUpload(gateway.gatewayUrl, gateway.apiKey);
  await upload.send(good);
  await upload.send(`\r\n--slow\r\nContent-Disposition: form-data; name="images"; filename="b.jpg"\r\n\r\n`);
  await upload.send(Buffer.alloc(300_000, 1));
  await waitFor(async () => (await gateway.stored()).length > before.length, {
    what: 'something in storage',
  });
  upload.drop();
  await waitFor(async () => (await gateway.stored()).length === before.length, { what: 'storage as before' });
  expect(await gateway.stored()).toEqual(before);
  expect(await gateway.batchKeys()).toEqual(keys);
});

it('a form that breaks off leaves nothing behind', async () => {
  const before = await gateway.stored();
  const body = Buffer.concat([
    Buffer.from('--b\r\nContent-Disposition: form-data; name="images"; filename="a.jpg"\r\n\r\n'),
    good,
  ]);
  const answer = await gateway.client.request('POST', '/v1/batches', {
    body,
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
  });
  expect([answer.status, answer.body]).toEqual([400, expect.objectContaining({ code: 'invalid_multipart' })]);
  expect(await gateway.stored()).toEqual(before);
});

it('more files than allowed are counted, and none is kept', async () => {
  const before = await gateway.stored();
  const files = Array.from({ length: 321 }, (_, n) => ({ name: `${n}.jpg`, bytes: good }));
  const asked: Promise<BatchView> = gateway.client.createUploadBatch(files);
  await expect(asked).rejects.toThrow(/413.*300 files.*got 321/s);
  expect(await gateway.stored()).toEqual(before);
});

it('lets a running upload finish when it is told to stop', async () => {
  const stopping = await startGateway();
  const upload = await beginUpload(stopping.gatewayUrl, stopping.apiKey);
  await upload.send(good.subarray(0, 1000));
  await waitFor(async () => (await stopping.stored()).length > 0, { what: 'the upload in storage' });
  const gone = stopping.kill('gateway', 0, 'SIGTERM');
  await waitFor(() => stopping.logs().includes('"message":"stopping"'));
  await expect(fetch(`${stopping.gatewayUrl}/v1/batches`)).rejects.toThrow();
  await upload.send(good.subarray(1000));
  expect(await upload.finish()).toMatch(/^HTTP\/1.1 202 /);
  await gone;
  expect(stopping.processes('gateway')[0]?.exit).toEqual({ code: 0, signal: null });
  await stopping.stop();
});
