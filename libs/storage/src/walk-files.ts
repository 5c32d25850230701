import type { Dirent } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from './storage-error.js';
import type { StoredGroup, StoredObject } from './storage.js';

/** The entries of a directory whose names are keys; none when it is gone. Temporary files begin with a dot. */
async function* entries(path: string): AsyncGenerator<Dirent> {
  try {
    for await (const entry of await opendir(path)) if (!entry.name.startsWith('.')) yield entry;
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}

/** A file may go while the directory is read: then there is nothing to tell. */
async function changed(path: string): Promise<{ bytes: number; modifiedAtMs: number } | null> {
  try {
    const found = await lstat(path);
    return { bytes: found.size, modifiedAtMs: found.mtimeMs };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Every file below a prefix, depth first; one directory handle per level is open at a time. */
export async function* listFiles(root: string, prefix: string): AsyncGenerator<StoredObject> {
  for await (const entry of entries(join(root, prefix))) {
    const key = `${prefix}/${entry.name}`;
    if (entry.isDirectory()) yield* listFiles(root, key);
    else if (entry.isFile()) {
      const found = await changed(join(root, key));
      if (found !== null) yield { key, ...found };
    }
  }
}

/** The directories directly below a prefix. */
export async function* listGroups(root: string, prefix: string): AsyncGenerator<StoredGroup> {
  for await (const entry of entries(join(root, prefix))) {
    if (!entry.isDirectory()) continue;
    const group = `${prefix}/${entry.name}`;
    yield { prefix: group, modifiedAtMs: await lastChange(join(root, group)) };
  }
}

async function lastChange(directory: string): Promise<number> {
  let latest = (await changed(directory))?.modifiedAtMs ?? 0;
  for await (const entry of entries(directory))
    if (entry.isDirectory())
      latest = Math.max(latest, (await changed(join(directory, entry.name)))?.modifiedAtMs ?? 0);
  return latest;
}
