import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { openStorage } from './open-storage.js';
import type { Storage } from './storage.js';

const text = async (stream: Readable): Promise<string> => Buffer.concat(await stream.toArray()).toString();
const sha256 = (data: string): string => createHash('sha256').update(data).digest('hex');
const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
};

let directory: string;
let storage: Storage;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'storage-'));
  storage = await openStorage(pathToFileURL(join(directory, 'data')).href);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('write and read', () => {
  it('keeps bytes and says their size and checksum', async () => {
    const written = await storage.write('batches/a/manifest.json', Buffer.from('hello'));
    expect(written).toEqual({ bytes: 5, sha256: sha256('hello') });
    expect(await text(await storage.read('batches/a/manifest.json'))).toBe('hello');
    expect(await storage.stat('batches/a/manifest.json')).toEqual({ bytes: 5 });
  });

  it('takes a stream, and gives ranges with both ends inclusive', async () => {
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('0123');
      yield Buffer.from('456789');
    }
    expect(await storage.write('k', chunks())).toEqual({ bytes: 10, sha256: sha256('0123456789') });
    expect(await text(await storage.read('k', { start: 2, end: 5 }))).toBe('2345');
    expect(await text(await storage.read('k', { start: 8 }))).toBe('89');
  });

  it('replaces by default and refuses with ifAbsent', async () => {
    await storage.write('k', Buffer.from('one'));
    await storage.write('k', Buffer.from('two'));
    await expect(storage.write('k', Buffer.from('three'), { ifAbsent: true })).rejects.toMatchObject({
      code: 'exists',
    });
    expect(await text(await storage.read('k'))).toBe('two');
    expect(await storage.write('l', Buffer.from('x'), { ifAbsent: true })).toMatchObject({ bytes: 1 });
  });

  it('leaves nothing behind when the source fails half-way', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('half');
      throw new Error('gone');
    }
    await expect(storage.write('batches/a/sources/0', broken())).rejects.toThrow('gone');
    await expect(
      storage.write('k', Buffer.from('1')).then(() => storage.write('k', broken(), { ifAbsent: true })),
    ).rejects.toThrow();
    expect(await readdir(join(directory, 'data/batches/a/sources'))).toEqual([]);
    expect((await readdir(join(directory, 'data'))).sort()).toEqual(['batches', 'k']);
  });

  it('says not_found before the first byte', async () => {
    await expect(storage.read('nothing/here')).rejects.toMatchObject({ code: 'not_found' });
    expect(await storage.stat('nothing/here')).toBeNull();
    await storage.write('a/b', Buffer.from('x'));
    await expect(storage.read('a')).rejects.toMatchObject({ code: 'not_found' });
    await expect(storage.read('a/b/c')).rejects.toMatchObject({ code: 'not_found' });
    expect(await storage.stat('a')).toBeNull();
  });

  it('follows no link', async () => {
    await writeFile(join(directory, 'secret'), 'secret');
    await symlink(join(directory, 'secret'), join(directory, 'data/link'));
    await expect(storage.read('link')).rejects.toThrow();
    expect(await storage.stat('link')).toBeNull();
    await storage.write('link', Buffer.from('mine'));
    expect((await stat(join(directory, 'secret'))).size).toBe(6);
  });
});

describe('list, groups, remove', () => {
  it('lists objects below a prefix and hides half-written ones', async () => {
    await storage.write('batches/a/sources/0', Buffer.from('xy'));
    await storage.write('batches/a/manifest.json', Buffer.from('{}'));
    await storage.write('batches/b/sources/0', Buffer.from('z'));
    await writeFile(join(directory, 'data/batches/a/sources/.tmp-1'), 'half');
    const found = await all(storage.list('batches/a'));
    expect(found.map(({ key, bytes }) => [key, bytes]).sort()).toEqual([
      ['batches/a/manifest.json', 2],
      ['batches/a/sources/0', 2],
    ]);
    expect(await all(storage.list('batches/none'))).toEqual([]);
  });

  it('tells the groups of a level and when they changed last', async () => {
    await mkdir(join(directory, 'data/batches/a/sources'), { recursive: true });
    await writeFile(join(directory, 'data/batches/a/sources/.tmp-1'), 'half');
    const old = new Date('2020-01-01');
    await utimes(join(directory, 'data/batches/a/sources'), old, old);
    await utimes(join(directory, 'data/batches/a'), old, old);
    await storage.write('batches/b/sources/0', Buffer.from('z'));
    const found = new Map(
      (await all(storage.groups('batches'))).map((group) => [group.prefix, group.modifiedAtMs]),
    );
    expect(found.get('batches/a')).toBe(old.getTime());
    expect(found.get('batches/b')).toBeGreaterThan(Date.now() - 60_000);
  });

  it('removes one batch with its temporary files and nothing else, twice if asked', async () => {
    await storage.write('batches/a/sources/0', Buffer.from('xy'));
    await writeFile(join(directory, 'data/batches/a/sources/.tmp-1'), 'half');
    await storage.write('batches/ab/sources/0', Buffer.from('z'));
    await storage.remove('batches/a');
    await storage.remove('batches/a');
    expect(await readdir(join(directory, 'data/batches'))).toEqual(['ab']);
    await expect(storage.remove('never/was/there')).resolves.toBeUndefined();
  });
});

it('knows how much room is left', async () => {
  expect(await storage.freeBytes()).toBeGreaterThan(0);
});

it.each([
  '',
  '/etc/passwd',
  '../x',
  'a/../b',
  'a//b',
  'a/',
  '.hidden',
  'a/.tmp-1',
  'a b',
  'a\0b',
  'ä',
  'a..b',
  'x/'.repeat(9) + 'x',
  'a'.repeat(129),
])('refuses the key %j', async (key) => {
  await expect(async () => storage.write(key, Buffer.from('x'))).rejects.toMatchObject({
    code: 'invalid_key',
  });
  await expect(async () => storage.remove(key)).rejects.toMatchObject({ code: 'invalid_key' });
});

it.each([
  ['s3://bucket/x', /unknown storage scheme s3:/],
  ['/just/a/path', /not a storage URL/],
  ['file://host/x', /without host/],
  ['file:///', /names a directory/],
])('refuses the URL %s', async (url, message) => {
  await expect(openStorage(url)).rejects.toThrow(message);
});
