import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { connectProgress } from '@image2model/progress';
import {
  closingAfterAll,
  photo,
  startS3,
  startSystem,
  waitFor,
  type AppProcess,
  type BatchView,
  type S3Server,
  type System,
} from '@image2model/testing';
import { validateBytes } from 'gltf-validator';
import { askFor } from './support/clean-up.js';
import { storedObjects } from './support/stored-objects.js';

interface FileView {
  idx: number;
  model: { sha256: string } | null;
}

const closing = closingAfterAll();
const count = 4;
const logger = { warn: () => undefined, error: () => undefined };
let s3: S3Server;
let system: System;
let batch: BatchView;
const objects = (below = ''): Promise<string[]> => storedObjects(s3, `prod/batches/${below}`);
const get = async (path: string): Promise<Buffer> => {
  const { status, body } = await system.client.request('GET', `/v1/batches/${batch.id}/${path}`);
  expect({ path, status }).toEqual({ path, status: 200 });
  if (!Buffer.isBuffer(body)) throw new TypeError(`${path} is not bytes`);
  return body;
};

beforeAll(async () => {
  s3 = closing(await startS3());
  system = closing(
    await startSystem({
      apart: true,
      replicas: { 'model-worker': 2 },
      env: {
        ...s3.credentials,
        STORAGE_URL: s3.storageUrl('prod'),
        I2M_DOWNLOADS: 'presigned',
        EMBEDDED_THREADS: '1',
        WORKER_CONCURRENCY: '1',
        WORKER_PREFETCH: '1',
        WORKER_PREFETCH_MOST: '1',
        CLEAN_UP_SCHEDULE: 'off',
      },
    }),
  );
  batch = await upload(count);
});

async function upload(files: number): Promise<BatchView> {
  const images = await Promise.all(
    Array.from({ length: files }, async (_, n) => ({
      name: `photo-${n}.jpg`,
      bytes: await photo({ width: 160 + n, height: 120 }),
    })),
  );
  const { id } = await system.client.createUploadBatch(images, {
    settings: JSON.stringify({ face_limit: 800 }),
  });
  return system.client.waitForTerminal(id, 90_000);
}

/** Models that one worker made. */
async function madeBy({ adminUrl }: AppProcess): Promise<number> {
  const metrics = await (await fetch(`${adminUrl}/metrics`)).text();
  const line = /^image2model_tasks_total\{[^}]*task="model\.generate"[^}]*status="done"[^}]*\} (\d+)/m;
  return Number(line.exec(metrics)?.[1] ?? 0);
}

test('workers that share no disk make every model of a batch, and every model is valid', async () => {
  expect(batch).toMatchObject({ status: 'completed', counts: { completed: count } });
  const made = (): Promise<number[]> => Promise.all(system.processes('model-worker').map(madeBy));
  const all = async (): Promise<number> => (await made()).reduce((sum, own) => sum + own, 0);
  // a task is counted after its file is settled
  await waitFor(async () => (await all()) >= count, { what: 'all tasks counted' });
  const [one = 0, two = 0] = await made();
  expect({ one, two, both: one > 0 && two > 0, all: one + two }).toMatchObject({ both: true, all: count });
  for (const { idx, model } of (await system.client.listFiles(batch.id)) as unknown as FileView[]) {
    const glb = await get(`files/${idx}/model`);
    expect(createHash('sha256').update(glb).digest('hex')).toBe(model?.sha256);
    expect((await validateBytes(new Uint8Array(glb))).issues).toMatchObject({ numErrors: 0 });
  }
  expect((await get('files/0/thumbnail')).subarray(8, 12).toString()).toBe('WEBP');
  const zip = await get('results.zip');
  expect([zip.subarray(0, 2).toString(), zip.includes('manifest.json')]).toEqual(['PK', true]);
  const audit = await system.client.request('GET', `/v1/batches/${batch.id}/audit`);
  expect(audit.body).toMatchObject({ ok: true });
});

test('all of it is in the bucket, and nothing on the disks of the processes', async () => {
  const kinds = (await objects(batch.id)).map((key) => key.split('/')[3]);
  const times = (kind: string): number => kinds.filter((each) => each === kind).length;
  expect([times('manifest.json'), times('sources'), times('models'), times('thumbnails')]).toEqual([
    1,
    count,
    2 * count,
    1,
  ]);
  expect(await readdir(system.storageDir)).toEqual(['homes']);
  const homes = await readdir(join(system.storageDir, 'homes'), { recursive: true, withFileTypes: true });
  expect(homes.filter((entry) => !entry.isDirectory()).map(({ name }) => name)).toEqual([]);
  expect(homes).toHaveLength(system.processes().length);
});

test('DELETE removes every object of a batch, and nothing else', async () => {
  const other = await upload(1);
  const kept = await objects(other.id);
  expect((await system.client.request('DELETE', `/v1/batches/${batch.id}`)).status).toBe(204);
  await waitFor(async () => (await objects(batch.id)).length === 0, { what: 'no object of it' });
  expect(await objects()).toEqual(kept);
});

test('the clean-up of an expired batch leaves no object below its prefix', async () => {
  expect((await objects()).length).toBeGreaterThan(0);
  const progress = closing(await connectProgress({ url: system.redisUrl, logger }));
  for (const key of await objects())
    await progress.edits.edit(key.split('/')[2] ?? '', { retentionHours: 0 }, 0);
  await askFor(system, 'clean-up');
  await waitFor(async () => (await objects()).length === 0, { timeoutMs: 30_000, what: 'an empty bucket' });
  expect(await storedObjects(s3, '')).toEqual([]);
});
