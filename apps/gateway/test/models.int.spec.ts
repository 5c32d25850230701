import { createHash, randomBytes } from 'node:crypto';
import { rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor, type Answer } from '@image2model/testing';
import { startGateway, type GatewayUnderTest } from './support/gateway.js';
import { openFilesBelow } from './support/open-files.js';
import { createStandInWorker, type StandInWorker } from './support/stand-in-worker.js';

let gateway: GatewayUnderTest;
let worker: StandInWorker;
let path: string;
const glb = randomBytes(300_000);
const tag = `"${createHash('sha256').update(glb).digest('hex')}"`;
beforeAll(async () => {
  gateway = await startGateway();
  worker = await createStandInWorker(gateway);
  const { id } = await gateway.client.createNoopBatch(1);
  await worker.complete(id, 0, glb);
  path = `/v1/batches/${id}/files/0/model`;
});
afterAll(async () => {
  await worker.close();
  await gateway.stop();
});

const ask = (headers: Record<string, string>, method = 'GET'): Promise<Answer> =>
  gateway.client.request(method, path, { headers });

it.each([
  [{ 'if-match': tag }, 200],
  [{ 'if-match': '*' }, 200],
  [{ 'if-match': `"other", ${tag}` }, 200],
  [{ 'if-match': '"other"' }, 412],
  [{ 'if-match': `W/${tag}` }, 412],
  [{ 'if-match': '"other"', 'if-none-match': tag }, 412],
  [{ 'if-match': tag, 'if-none-match': tag }, 304],
  [{ 'if-none-match': '*', range: 'bytes=0-9' }, 304],
  [{ 'if-match': tag, range: 'bytes=0-9' }, 206],
  [{ 'if-match': '"other"', range: 'bytes=0-9' }, 412],
  [{ 'if-range': `W/${tag}`, range: 'bytes=0-9' }, 200],
  [{ 'if-range': 'Sun, 06 Nov 1994 08:49:37 GMT', range: 'bytes=0-9' }, 200],
  [{ 'if-range': '"other"', range: 'bytes=400000-' }, 200],
  [{ 'if-modified-since': new Date().toUTCString() }, 200],
])('%j is answered %i', async (headers, status) => {
  const answer = await ask(headers);
  expect(answer.status).toBe(status);
  if (status === 412) expect(answer.body).toMatchObject({ code: 'precondition_failed' });
  if (status === 304) expect(answer.headers.get('etag')).toBe(tag);
});

it('has ranges for GET only', async () => {
  const { status, headers, body } = await ask({ range: 'bytes=0-9' }, 'HEAD');
  expect([status, headers.get('content-length'), headers.get('content-range')]).toEqual([
    200,
    '300000',
    null,
  ]);
  expect((body as Buffer).length).toBe(0);
});

it('can be fetched in pieces that make the whole', async () => {
  const pieces: Buffer[] = [];
  for (let start = 0; start < glb.length; start += 70_000) {
    const end = Math.min(start + 70_000, glb.length) - 1;
    const { status, headers, body } = await ask({ range: `bytes=${start}-${end}`, 'if-range': tag });
    expect([status, headers.get('content-range')]).toEqual([206, `bytes ${start}-${end}/300000`]);
    pieces.push(body as Buffer);
  }
  expect(Buffer.concat(pieces).equals(glb)).toBe(true);
});

it('breaks off when storage has less than was recorded, and leaves no file open', async () => {
  const { id } = await gateway.client.createNoopBatch(2);
  const paths = await Promise.all(
    [0, 1].map(async (idx) => {
      await worker.complete(id, idx, randomBytes(300_000));
      return join(gateway.storageDir, (await worker.redis.batches.file(id, idx))?.model?.key ?? 'none');
    }),
  );
  await truncate(paths[0] ?? '', 200_000);
  await expect(gateway.client.request('GET', `/v1/batches/${id}/files/0/model`)).rejects.toThrow();
  await waitFor(() => gateway.logs().includes('an answer was cut off'), { what: 'the log line' });
  await rm(paths[1] ?? '');
  expect((await gateway.client.request('GET', `/v1/batches/${id}/files/1/model`)).status).toBe(404);
  const pid = gateway.processes('gateway')[0]?.pid ?? 0;
  await waitFor(async () => (await openFilesBelow(pid, gateway.storageDir)).length === 0, {
    what: 'no open file',
  });
});
