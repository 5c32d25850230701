import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, mkdir, open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf } from './storage-error.js';

/** Makes the entries of a directory durable: a rename or a new file in it survives a power cut. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * `mkdir -p`. The directories are there when it resolves; `durable` says when each new one is safe in its parent, which
 * need not hold up what is written into them meanwhile.
 */
export async function ensureDirectory(directory: string): Promise<{ durable: Promise<void> }> {
  const first = await mkdir(directory, { recursive: true, mode: 0o750 });
  const parents: string[] = [];
  if (first !== undefined)
    for (let made = directory; made.length >= first.length; made = dirname(made)) parents.push(dirname(made));
  const durable = Promise.all(parents.map(syncDirectory)).then(() => undefined);
  // whoever asked awaits it later; until then a failure must not count as unhandled
  durable.catch(() => undefined);
  return { durable };
}

/** Begins the names of files that are being written; no key can have such a name. */
export const temporaryPrefix = '.tmp-';

/** A new file under a name that no key can have. */
export interface Temporary {
  path: string;
  handle: FileHandle;
  /** Resolves when its directory, which is made if need be, is durable. */
  durable: Promise<void>;
}

export async function createTemporary(directory: string): Promise<Temporary> {
  const path = join(directory, `${temporaryPrefix}${randomBytes(12).toString('hex')}`);
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const create = (): Promise<FileHandle> => open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o640);
  try {
    return { path, handle: await create(), durable: Promise.resolve() };
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
  const { durable } = await ensureDirectory(directory);
  return { path, handle: await create(), durable };
}

/** Gives a synced temporary file its name, atomically. With `ifAbsent` an existing file wins (EEXIST). */
export async function publishTemporary(temporary: string, path: string, ifAbsent: boolean): Promise<void> {
  if (ifAbsent) {
    await link(temporary, path);
    await unlink(temporary);
  } else {
    await rename(temporary, path);
  }
  await syncDirectory(dirname(path));
}

/** Removes a file that may be gone already. */
export async function discard(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
