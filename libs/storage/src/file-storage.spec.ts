import { mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openStorage } from './open-storage.js';
import type { Storage } from './storage.js';

let directory: string;
let storage: Storage;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'storage-'));
  storage = await openStorage(pathToFileURL(join(directory, 'data')).href);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

it('leaves no temporary file when the source fails half-way', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('half');
    throw new Error('gone');
  }
  await expect(storage.write('batches/a/sources/0', broken())).rejects.toThrow('gone');
  await storage.write('k', Buffer.from('1'));
  await expect(storage.write('k', broken(), { ifAbsent: true })).rejects.toThrow('gone');
  expect(await readdir(join(directory, 'data/batches/a/sources'))).toEqual([]);
  expect((await readdir(join(directory, 'data'))).sort()).toEqual(['batches', 'k']);
});

it('follows no link', async () => {
  await writeFile(join(directory, 'secret'), 'secret');
  await symlink(join(directory, 'secret'), join(directory, 'data/link'));
  await expect(storage.read('link')).rejects.toThrow();
  expect(await storage.stat('link')).toBeNull();
  await storage.write('link', Buffer.from('mine'));
  expect((await stat(join(directory, 'secret'))).size).toBe(6);
});

describe('half-written files', () => {
  it('are not listed', async () => {
    await storage.write('batches/a/sources/0', Buffer.from('xy'));
    await writeFile(join(directory, 'data/batches/a/sources/.tmp-1'), 'half');
    const found: string[] = [];
    for await (const { key } of storage.list('batches/a')) found.push(key);
    expect(found).toEqual(['batches/a/sources/0']);
  });

  it('do not hide when a group changed last', async () => {
    await mkdir(join(directory, 'data/batches/a/sources'), { recursive: true });
    await writeFile(join(directory, 'data/batches/a/sources/.tmp-1'), 'half');
    const old = new Date('2020-01-01');
    await utimes(join(directory, 'data/batches/a/sources'), old, old);
    await utimes(join(directory, 'data/batches/a'), old, old);
    expect(await storage.group('batches/a')).toEqual({ prefix: 'batches/a', modifiedAtMs: old.getTime() });
  });

  it('are removed with what lies beside them', async () => {
    await storage.write('batches/a/sources/0', Buffer.from('xy'));
    await writeFile(join(directory, 'data/batches/a/sources/.tmp-1'), 'half');
    await storage.write('batches/ab/sources/0', Buffer.from('z'));
    await storage.remove('batches/a');
    expect(await readdir(join(directory, 'data/batches'))).toEqual(['ab']);
  });
});

it.each([
  ['ftp://bucket/x', /unknown storage scheme ftp:/],
  ['/just/a/path', /not a storage URL/],
  ['file://host/x', /without host/],
  ['file:///', /names a directory/],
  ['s3://key:secret@bucket/x', /credentials do not belong/],
])('refuses the URL %s', async (url, message) => {
  await expect(openStorage(url)).rejects.toThrow(message);
});
