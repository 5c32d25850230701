import { lstat, mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openStorage } from './open-storage.js';
import type { Storage } from './storage.js';

let directory: string;
let storage: Storage;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'storage-'));
  storage = await openStorage(pathToFileURL(directory).href);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

it('tells when a folder changed last', async () => {
  await storage.write('batches/a/sources/0', Buffer.from('x'));
  const old = new Date('2020-01-01');
  for (const path of ['batches/a/sources', 'batches/a']) await utimes(join(directory, path), old, old);
  expect(await storage.group('batches/a')).toEqual({ prefix: 'batches/a', modifiedAtMs: old.getTime() });
});

describe('dropUnfinished', () => {
  it('drops old half-written files at any depth, and counts them; nothing else', async () => {
    await storage.write('batches/a/models/0-ab.glb', Buffer.from('model'));
    const old = new Date(Date.now() - 7_200_000);
    for (const name of ['batches/a/.tmp-1', 'batches/a/models/.tmp-2', 'batches/a/models/.other'])
      await writeFile(join(directory, name), 'half');
    await writeFile(join(directory, 'batches/a/models/.tmp-new'), 'half');
    for (const name of ['.tmp-1', 'models/.tmp-2', 'models/.other', 'models/0-ab.glb'])
      await utimes(join(directory, 'batches/a', name), old, old);
    expect(await storage.dropUnfinished('batches/a', Date.now() - 3_600_000)).toEqual({ files: 2, bytes: 8 });
    expect(await readdir(join(directory, 'batches/a'))).toEqual(['models']);
    expect((await readdir(join(directory, 'batches/a/models'))).sort()).toEqual([
      '.other',
      '.tmp-new',
      '0-ab.glb',
    ]);
    expect(await storage.dropUnfinished('batches/none', Date.now())).toEqual({ files: 0, bytes: 0 });
  });

  it('never follows a link', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'outside-'));
    await writeFile(join(outside, '.tmp-1'), 'half');
    await mkdir(join(directory, 'batches/a'), { recursive: true });
    await symlink(outside, join(directory, 'batches/a/link'));
    expect(await storage.dropUnfinished('batches/a', Date.now() + 1_000)).toEqual({ files: 0, bytes: 0 });
    expect((await lstat(join(outside, '.tmp-1'))).isFile()).toBe(true);
    await rm(outside, { recursive: true });
  });
});
