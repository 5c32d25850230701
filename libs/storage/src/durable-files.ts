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

/** `mkdir -p`, each new directory durable in its parent. */
export async function ensureDirectory(directory: string): Promise<void> {
  const first = await mkdir(directory, { recursive: true, mode: 0o750 });
  if (first === undefined) return;
  for (let made = directory; made.length >= first.length; made = dirname(made))
    await syncDirectory(dirname(made));
}

/** A new file in a directory, which is made if need be, under a name that no key can have. */
export async function createTemporary(directory: string): Promise<{ path: string; handle: FileHandle }> {
  const path = join(directory, `.tmp-${randomBytes(12).toString('hex')}`);
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const create = (): Promise<FileHandle> => open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o640);
  try {
    return { path, handle: await create() };
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
  await ensureDirectory(directory);
  return { path, handle: await create() };
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
