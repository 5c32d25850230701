import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, realpath, rename, rm, statfs, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { checkKey } from './check-key.js';
import {
  createTemporary,
  discard,
  ensureDirectory,
  publishTemporary,
  syncDirectory,
} from './durable-files.js';
import { errnoOf, fromErrno, StorageError } from './storage-error.js';
import type { ReadRange, Storage, WriteOptions, Written } from './storage.js';
import { dropTemporary, listFiles, listNames, readGroup } from './walk-files.js';

type Data = Parameters<Storage['write']>[1];

/** Storage in one directory of a file system. Keys become paths below it; links are never followed. */
export async function openFileStorage(directory: string): Promise<Storage> {
  await (
    await ensureDirectory(directory)
  ).durable;
  const root = await realpath(directory);
  const pathOf = (key: string): string => join(root, checkKey(key));
  const freeBytes = async (): Promise<number> => {
    const { bavail, bsize } = await statfs(root);
    return bavail * bsize;
  };
  return {
    kind: 'files',
    write: (key, data, options = {}) => translated(key, () => write(pathOf(key), data, options)),
    read: (key, range = {}) => translated(key, () => read(pathOf(key), range)),
    stat: (key) => stat(pathOf(key)),
    list: (prefix) => listFiles(root, checkKey(prefix)),
    names: (prefix) => listNames(root, checkKey(prefix)),
    group: (prefix) => readGroup(root, checkKey(prefix)),
    move: (prefix, to) => translated(to, () => move(pathOf(prefix), pathOf(to))),
    dropUnfinished: (prefix, beforeMs) => dropTemporary(pathOf(prefix), beforeMs),
    remove: (prefix) => remove(pathOf(prefix)),
    freeBytes,
    check: async () => void (await freeBytes()),
    presign: null,
  };
}

async function translated<T>(key: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw fromErrno(error, key);
  }
}

async function write(path: string, data: Data, { ifAbsent = false }: WriteOptions): Promise<Written> {
  const temporary = await createTemporary(dirname(path));
  try {
    const written = await fill(temporary.handle, data);
    await Promise.all([publishTemporary(temporary.path, path, ifAbsent), temporary.durable]);
    return written;
  } catch (error) {
    await discard(temporary.path);
    throw error;
  }
}

async function fill(handle: FileHandle, data: Data): Promise<Written> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of data instanceof Uint8Array ? [data] : data) {
      hash.update(chunk);
      bytes += chunk.byteLength;
      await handle.writeFile(chunk);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function read(path: string, range: ReadRange): Promise<Readable> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  if (!(await handle.stat()).isFile()) {
    await handle.close();
    throw new StorageError('not_found', 'not an object');
  }
  return handle.createReadStream({ highWaterMark: 64 * 1024, ...range });
}

async function stat(path: string): Promise<{ bytes: number } | null> {
  try {
    const found = await lstat(path);
    return found.isFile() ? { bytes: found.size } : null;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return null;
    throw error;
  }
}

async function move(path: string, to: string): Promise<void> {
  const { durable } = await ensureDirectory(dirname(to));
  try {
    await rename(path, to);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return;
    throw error;
  }
  await Promise.all([durable, syncDirectory(dirname(to)), syncDirectory(dirname(path))]);
}

async function remove(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  try {
    await syncDirectory(dirname(path));
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
