import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closingAfterAll, startS3, waitFor, type S3Server } from '@image2model/testing';
import { connectAwsS3 } from '../src/aws-s3.js';
import { openStorage } from '../src/open-storage.js';
import { parseS3Url } from '../src/parse-s3-url.js';
import { fromS3 } from '../src/s3-error.js';
import { partBytes, writeObject } from '../src/s3-write.js';
import type { Storage } from '../src/storage.js';
import { startForgetfulProxy } from './support/forgetful-proxy.js';

const megabyte = 1024 * 1024;
const closing = closingAfterAll();
let s3: S3Server;
let turn = 0;
let url: string;
let storage: Storage;
beforeAll(async () => {
  s3 = closing(await startS3());
});
beforeEach(async () => {
  Object.assign(process.env, s3.credentials);
  url = s3.storageUrl(`s3/${(turn += 1)}`);
  storage = await openStorage(url);
});

const api = () => connectAwsS3(parseS3Url(new URL(url)), fromS3);
const keyed = (key: string): string => `s3/${turn}/${key}`;
const count = async (items: AsyncIterable<unknown>): Promise<number> => {
  let found = 0;
  for await (const _ of items) found += 1;
  return found;
};

describe('uploads in parts', () => {
  async function* stream(megabytes: number, atMegabyte?: (at: number) => void): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < megabytes; at += 1) {
      atMegabyte?.(at);
      yield Buffer.alloc(megabyte, at);
    }
  }

  it('leaves nothing of an upload that broke off after some parts', async () => {
    const breaking = stream(30, (at) => {
      if (at === 22) throw new Error('the sender went away');
    });
    await expect(storage.write('batches/a/sources/0', breaking)).rejects.toThrow('the sender went away');
    expect(await storage.stat('batches/a/sources/0')).toBeNull();
    expect(await count(api().uploads(keyed('')))).toBe(0);
  });

  it('shows nothing before the end, and holds two parts and a chunk at most', async () => {
    const real = api();
    const bytes = { taken: 0, sent: 0, heldMost: 0 };
    const part: typeof real.part = async (upload, number, body) => {
      const tag = await real.part(upload, number, body);
      bytes.sent += body.byteLength;
      return tag;
    };
    async function* watched(): AsyncGenerator<Uint8Array> {
      for await (const chunk of stream(32)) {
        bytes.taken += chunk.byteLength;
        bytes.heldMost = Math.max(bytes.heldMost, bytes.taken - bytes.sent);
        yield chunk;
      }
      expect(await storage.stat('big')).toBeNull();
    }
    const written = await writeObject({ ...real, part }, keyed('big'), watched(), false);
    expect(written).toMatchObject({ bytes: 32 * megabyte });
    expect(bytes).toMatchObject({ taken: written.bytes, sent: written.bytes });
    expect(bytes.heldMost).toBeLessThanOrEqual(2 * partBytes + megabyte);
    expect(await storage.stat('big')).toEqual({ bytes: 32 * megabyte });
  });

  it('drops what a dead writer left, when nothing came for long enough; counts it', async () => {
    const left = { key: keyed('batches/a/models/0-ab.glb'), id: '' };
    left.id = await api().begin(left.key, 'dead');
    const begunAt = Date.now();
    await waitFor(() => Date.now() > begunAt, { everyMs: 1, what: 'a later time' });
    const between = Date.now();
    await api().part(left, 1, randomBytes(6 * megabyte));
    await storage.write('batches/a/manifest.json', Buffer.from('{}'));
    for (const beforeMs of [begunAt - 3_600_000, between])
      expect(await storage.dropUnfinished('batches', beforeMs)).toEqual({ files: 0, bytes: 0 });
    expect(await storage.dropUnfinished('trash', Date.now() + 1_000)).toEqual({ files: 0, bytes: 0 });
    expect(await storage.dropUnfinished('batches', Date.now() + 1_000)).toEqual({
      files: 1,
      bytes: 6 * megabyte,
    });
    expect(await count(api().uploads(keyed('')))).toBe(0);
    expect(await storage.stat('batches/a/manifest.json')).toEqual({ bytes: 2 });
  });

  it('removes what is half-written with the prefix, and nothing beside it', async () => {
    for (const batch of ['a', 'ab']) await api().begin(keyed(`batches/${batch}/sources/0`), 'dead');
    await storage.remove('batches/a');
    const left: string[] = [];
    for await (const { key } of api().uploads(keyed(''))) left.push(key);
    expect(left).toEqual([keyed('batches/ab/sources/0')]);
  });
});

it('lists and removes more objects than one call takes', async () => {
  const dir = await mkdtemp(join(tmpdir(), 's3-'));
  const sources = join(dir, 'test/many/batches/a/sources');
  await mkdir(sources, { recursive: true });
  for (let idx = 0; idx < 1_050; idx += 1) await writeFile(join(sources, String(idx)), 'x');
  const server = closing(await startS3({ dir }));
  Object.assign(process.env, server.credentials);
  const many = await openStorage(server.storageUrl('many'));
  expect(await count(many.list('batches/a'))).toBe(1_050);
  await many.write('batches/b/manifest.json', Buffer.from('{}'));
  await many.remove('batches/a');
  expect(await count(many.list('batches'))).toBe(1);
  await rm(dir, { recursive: true, force: true });
});

it.each([10, 6 * megabyte])(
  'knows its own object of %i bytes again when the answer got lost',
  async (size) => {
    const proxy = closing(await startForgetfulProxy(s3.endpoint));
    const through = await openStorage(
      url.replace(encodeURIComponent(s3.endpoint), encodeURIComponent(proxy.url)),
    );
    proxy.forgetNext((method, path) =>
      size > megabyte ? method === 'POST' && path.includes('uploadId=') : method === 'PUT',
    );
    const data = randomBytes(size);
    expect(await through.write('once', data, { ifAbsent: true })).toMatchObject({ bytes: size });
    expect(proxy.forgotten).toBe(1);
    await expect(through.write('once', data, { ifAbsent: true })).rejects.toMatchObject({ code: 'exists' });
  },
);
