import type { Dirent } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { discard, temporaryPrefix } from './durable-files.js';
import { errnoOf } from './storage-error.js';
import type { StoredGroup, StoredObject } from './storage.js';

/** All entries of a directory; none when it is gone. */
async function* allEntries(path: string): AsyncGenerator<Dirent> {
  try {
    yield* await opendir(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}

/** Those whose names are keys. Temporary files begin with a dot. */
async function* entries(path: string): AsyncGenerator<Dirent> {
  for await (const entry of allEntries(path)) if (!entry.name.startsWith('.')) yield entry;
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

/** The names of the directories directly below a prefix. */
export async function* listNames(root: string, prefix: string): AsyncGenerator<string> {
  for await (const entry of entries(join(root, prefix))) if (entry.isDirectory()) yield entry.name;
}

/** One directory; null when it is gone. */
export async function readGroup(root: string, prefix: string): Promise<StoredGroup | null> {
  const directory = join(root, prefix);
  const own = await changed(directory);
  if (own === null) return null;
  let latest = own.modifiedAtMs;
  for await (const entry of entries(directory))
    if (entry.isDirectory())
      latest = Math.max(latest, (await changed(join(directory, entry.name)))?.modifiedAtMs ?? 0);
  return { prefix, modifiedAtMs: latest };
}

/** Removes temporary files that nobody wrote to since a time, at any depth. */
export async function dropTemporary(
  directory: string,
  beforeMs: number,
): Promise<{ files: number; bytes: number }> {
  const dropped = { files: 0, bytes: 0 };
  for await (const entry of allEntries(directory)) {
    const path = join(directory, entry.name);
    const more = entry.isDirectory() ? await dropTemporary(path, beforeMs) : await dropOne(path, beforeMs);
    dropped.files += more.files;
    dropped.bytes += more.bytes;
  }
  return dropped;
}

async function dropOne(path: string, beforeMs: number): Promise<{ files: number; bytes: number }> {
  const found = basename(path).startsWith(temporaryPrefix) ? await changed(path) : null;
  if (found === null || found.modifiedAtMs >= beforeMs) return { files: 0, bytes: 0 };
  await discard(path);
  return { files: 1, bytes: found.bytes };
}
