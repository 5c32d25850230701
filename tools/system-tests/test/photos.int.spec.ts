import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  bombPng,
  photo,
  repoRoot,
  startSystem,
  truncatedJpeg,
  type System,
  type UploadFile,
} from '@image2model/testing';
import { validateBytes } from 'gltf-validator';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

interface FileView {
  idx: number;
  name: string;
  status: string;
  error: { code: string; message: string; retryable: boolean } | null;
  model: { url: string; bytes: number; sha256: string; faces: number } | null;
}

test('the sample photos become models that the validator passes', async () => {
  const { client } = system;
  const dir = join(repoRoot(), 'samples');
  const names = readdirSync(dir)
    .filter((name) => /\.(png|jpg)$/.test(name))
    .sort();
  const files = names.map((name) => ({
    name,
    bytes: readFileSync(join(dir, name)),
    type: 'application/octet-stream',
  }));
  const batch = await client.createUploadBatch(files, { settings: JSON.stringify({ face_limit: 20_000 }) });
  const end = await client.waitForTerminal(batch.id, 100_000);
  expect(end).toMatchObject({ status: 'completed', progress: 100, counts: { completed: names.length } });
  for (const file of (await client.listFiles(batch.id)) as unknown as FileView[]) {
    expect(file.name).toBe(names[file.idx]);
    expect(file.model?.faces).toBeGreaterThanOrEqual(19_998);
    expect(file.model?.faces).toBeLessThanOrEqual(20_000);
    const answer = await client.request('GET', `/v1/batches/${batch.id}/files/${file.idx}/model`);
    const report = await validateBytes(new Uint8Array(answer.body as Buffer));
    expect(report.issues).toMatchObject({ numErrors: 0, numWarnings: 0 });
    expect(answer.headers.get('etag')).toBe(`"${String(file.model?.sha256)}"`);
  }
});

test('60 photos, every third one bad: the good ones complete, the bad ones say why', async () => {
  const { client } = system;
  const good = await photo({ width: 120, height: 90 });
  const bad: UploadFile[] = [
    { name: 'cut.jpg', bytes: await truncatedJpeg() },
    { name: 'empty.png', bytes: new Uint8Array() },
    { name: 'notes.jpg', bytes: Buffer.from('this is no image') },
    { name: 'bomb.png', bytes: await bombPng() },
  ];
  const expected = ['input.truncated', 'input.empty', 'input.unsupported_format', 'input.too_many_pixels'];
  const files = Array.from(
    { length: 60 },
    (_, i) => (i % 3 === 2 ? bad[((i - 2) / 3) % 4] : undefined) ?? { name: `good-${i}.jpg`, bytes: good },
  );
  const batch = await client.createUploadBatch(files, { settings: JSON.stringify({ face_limit: 1_000 }) });
  const end = await client.waitForTerminal(batch.id, 100_000);
  expect(end).toMatchObject({ status: 'partial', counts: { completed: 40, failed: 20 } });
  for (const file of (await client.listFiles(batch.id)) as unknown as FileView[]) {
    const isBad = file.idx % 3 === 2;
    expect(file.status).toBe(isBad ? 'failed' : 'completed');
    if (isBad)
      expect(file.error).toMatchObject({ code: expected[((file.idx - 2) / 3) % 4], retryable: false });
  }
});
