import {
  bombPng,
  disallowedImages,
  photo,
  startSystem,
  truncatedJpeg,
  type System,
} from '@image2model/testing';

/** All five services: what a caller sees of the whole path. */
let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

it('60 photos, every third of them bad: the good ones complete, the bad ones say why', async () => {
  const { gif, pdf, text, empty } = await disallowedImages();
  const bad: [bytes: Buffer, code: string][] = [
    [gif, 'input.unsupported_format'],
    [await truncatedJpeg(), 'input.truncated'],
    [empty, 'input.empty'],
    [bombPng(), 'input.too_many_pixels'],
    [text, 'input.unsupported_format'],
    [pdf, 'input.unsupported_format'],
  ];
  const badAt = (n: number): [bytes: Buffer, code: string] | undefined =>
    n % 3 === 2 ? bad[Math.floor(n / 3) % bad.length] : undefined;
  const files = await Promise.all(
    Array.from({ length: 60 }, async (_, n) => ({
      name: `${n}.jpg`,
      bytes: badAt(n)?.[0] ?? (await photo({ width: 160, height: 120, seed: n })),
    })),
  );
  const { id } = await system.client.createUploadBatch(files, { settings: '{"face_limit":500}' });
  expect(await system.client.waitForTerminal(id, 200_000)).toMatchObject({
    status: 'partial',
    progress: 100,
    counts: { pending: 0, running: 0, completed: 40, failed: 20, cancelled: 0 },
  });
  for (const [n, file] of (await system.client.listFiles(id)).entries()) {
    const code = badAt(n)?.[1];
    if (code !== undefined)
      expect(file).toMatchObject({
        idx: n,
        status: 'failed',
        model: null,
        error: { code, retryable: false },
      });
    else
      expect(file).toMatchObject({
        idx: n,
        status: 'completed',
        error: null,
        model: { faces: expect.any(Number), sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      });
  }
  const { status, body } = await system.client.request('GET', `/v1/batches/${id}/files/0/model`);
  expect([status, (body as Buffer).subarray(0, 4).toString()]).toEqual([200, 'glTF']);
});
