import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { photo, rawRedis, startSystem, waitFor, type System } from '@image2model/testing';

const megabyte = 1024 * 1024;
/** About 20 s on an idle machine with two cores; gigabytes go to the disk and back. */
const patienceMs = 240_000;
let system: System;
beforeAll(async () => {
  system = await startSystem({ services: ['gateway', 'batch-orchestrator', 'model-worker'] });
});
afterAll(() => system.stop());

const pid = (): number => system.processes('gateway')[0]?.pid ?? 0;
/** Of the gateway's process, in MB: what it has in memory now, or at most since forgetPeak(). */
async function memory(field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid()}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
}
const forgetPeak = (): Promise<void> => writeFile(`/proc/${pid()}/clear_refs`, '5');

/** What the process needs at rest: nothing has changed for a second. */
async function settled(): Promise<number> {
  let before = 0;
  return waitFor(
    async () => {
      const now = await memory('VmRSS');
      const still = Math.abs(now - before) < 1;
      before = now;
      return still && now;
    },
    { everyMs: 1_000, what: 'memory at rest' },
  );
}

/** The figures are part of what the spec tells. */
const report = (text: string): void => void process.stdout.write(`${text}\n`);

function ask(
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: Readable,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(
      system.gatewayUrl + path,
      { method, headers: { authorization: `Bearer ${system.apiKey}`, ...headers } },
      resolve,
    );
    sent.once('error', reject);
    if (body === undefined) sent.end();
    else pipeline(body, sent).catch(reject);
  });
}

/** A batch of 1,000 files through all services; then a model of a megabyte is put in place of the nothing that noop made. */
async function batchWithModels(count: number): Promise<{ id: string; bytes: number }> {
  const { id } = await system.client.createNoopBatch(count);
  await system.client.waitForTerminal(id);
  const redis = rawRedis(system.redisUrl);
  await mkdir(join(system.storageDir, 'batches', id, 'models'), { recursive: true });
  const glb = randomBytes(megabyte);
  for (let idx = 0; idx < count; idx += 1) {
    glb.writeUInt32LE(idx);
    const sha256 = createHash('sha256').update(glb).digest('hex');
    const key = `batches/${id}/models/${idx}-${sha256}.glb`;
    await writeFile(join(system.storageDir, key), glb);
    const model = JSON.stringify({ key, bytes: glb.length, sha256, faces: 48, vertices: 26 });
    await redis('HSET', `i2m:{${id}}:a:${idx}`, 'res', model);
  }
  return { id, bytes: count * glb.length };
}

test(
  'results.zip of 1,000 models: at most 60 MB more than at rest, for fast and for slow readers',
  async () => {
    const { id, bytes } = await batchWithModels(1_000);
    const path = `/v1/batches/${id}/results.zip`;
    const rest = await settled();

    await forgetPeak();
    const slow = await Promise.all([1, 2, 3, 4].map(() => ask('GET', path, {})));
    const sips = slow.map(async (reader) => {
      for (let taken = 0; taken < 64; taken += 1) {
        await waitFor(() => reader.read(64 * 1024) !== null, { everyMs: 50, what: 'more of the zip' });
      }
      reader.destroy();
    });
    await Promise.all(sips);
    const slowPeak = await memory('VmHWM');

    await forgetPeak();
    const fast = await ask('GET', path, {});
    let read = 0;
    for await (const chunk of fast) read += (chunk as Buffer).length;
    const fastPeak = await memory('VmHWM');

    expect(read).toBe(Number(fast.headers['content-length']));
    expect(read).toBeGreaterThan(bytes);
    const more = (peak: number): string => `+${(peak - rest).toFixed(0)} MB`;
    report(
      `gateway: ${rest.toFixed(0)} MB at rest, ${more(slowPeak)} for 4 slow readers, ${more(fastPeak)} for a fast one`,
    );
    expect(slowPeak - rest).toBeLessThanOrEqual(60);
    expect(fastPeak - rest).toBeLessThanOrEqual(60);
  },
  patienceMs,
);

/** A JPEG with so much metadata in front of its picture that it has about a megabyte, as some cameras make them. */
async function jpegOfMegabyte(): Promise<Buffer> {
  const picture = await photo({ width: 1_600, height: 1_200 });
  const segments: Buffer[] = [];
  for (let left = megabyte - picture.length; left > 0; left -= 60_000) {
    const data = randomBytes(Math.min(60_000, left));
    const head = Buffer.from([0xff, 0xef, 0, 0]);
    head.writeUInt16BE(2 + data.length, 2);
    segments.push(head, data);
  }
  return Buffer.concat([picture.subarray(0, 2), ...segments, picture.subarray(2)]);
}

const boundary = 'of-the-spec';
function* form(images: readonly { type: string; bytes: Buffer }[], count: number): Generator<Buffer> {
  yield Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="provider"\r\n\r\nnoop\r\n`);
  for (let n = 0; n < count;) {
    for (const { type, bytes } of images) {
      n += 1;
      const disposition = `Content-Disposition: form-data; name="images"; filename="${n}.${type}"`;
      yield Buffer.from(`--${boundary}\r\n${disposition}\r\nContent-Type: image/${type}\r\n\r\n`);
      yield bytes;
      yield Buffer.from('\r\n');
    }
  }
  yield Buffer.from(`--${boundary}--\r\n`);
}

test(
  '2,000 uploads of 1 MB in one request: never more than 300 MB',
  async () => {
    const images = [
      { type: 'jpeg', bytes: await jpegOfMegabyte() },
      { type: 'png', bytes: await photo({ width: 1_200, height: 980, format: 'png' }) },
    ];
    await forgetPeak();
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
    const answer = await ask('POST', '/v1/batches', headers, Readable.from(form(images, 2_000)));
    const body = Buffer.concat(await answer.toArray()).toString();
    const peak = await memory('VmHWM');
    report(`gateway: at most ${peak.toFixed(0)} MB while 2,000 images came`);
    expect([answer.statusCode, body]).toEqual([202, expect.stringContaining('"total_files":2000')]);
    expect(peak).toBeLessThanOrEqual(300);
  },
  patienceMs,
);
