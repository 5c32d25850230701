import type { S3Api, S3Upload } from './s3-api.js';
import { StorageError } from './storage-error.js';
import type { StoredObject } from './storage.js';

/** Most keys that one call deletes. */
const keysAtOnce = 1_000;
const copiesAtOnce = 16;

/** Removes an object, all objects below it, and what was begun to be written there. */
export async function removeTree(api: S3Api, key: string): Promise<void> {
  await Promise.all([removeObjects(api, key), abortUploads(api, key)]);
}

async function removeObjects(api: S3Api, key: string): Promise<void> {
  let keys = [key];
  for await (const object of api.list(`${key}/`)) {
    if (keys.push(object.key) < keysAtOnce) continue;
    await api.delete(keys);
    keys = [];
  }
  if (keys.length > 0) await api.delete(keys);
}

async function abortUploads(api: S3Api, key: string): Promise<void> {
  for await (const upload of api.uploads(key))
    if (upload.key === key || upload.key.startsWith(`${key}/`)) await abortIfThere(api, upload);
}

/** @returns false when somebody else ended it */
async function abortIfThere(api: S3Api, upload: S3Upload): Promise<boolean> {
  try {
    await api.abort(upload);
    return true;
  } catch (error) {
    if (error instanceof StorageError && error.code === 'not_found') return false;
    throw error;
  }
}

/** Aborts uploads of which no part came since a time (ms); counts them and what their parts took. */
export async function dropUploads(
  api: S3Api,
  key: string,
  beforeMs: number,
): Promise<{ files: number; bytes: number }> {
  const dropped = { files: 0, bytes: 0 };
  for await (const upload of api.uploads(`${key}/`)) {
    if (upload.begunAtMs >= beforeMs) continue;
    const { bytes, lastAtMs } = await api.partsOf(upload);
    if (lastAtMs >= beforeMs || !(await abortIfThere(api, upload))) continue;
    dropped.files += 1;
    dropped.bytes += bytes;
  }
  return dropped;
}

/**
 * Copies everything below a key, then deletes it. Nothing is deleted before all is copied; what lies directly below the key (a batch's
 * manifest) is copied last and deleted first. So after a crash either the old place is whole, or the new one is and the old one has lost
 * its manifest.
 * @throws StorageError `exists` when something is at the new place
 */
export async function moveTree(api: S3Api, from: string, to: string): Promise<void> {
  const start = `${from}/`;
  const objects: StoredObject[] = [];
  for await (const object of api.list(start)) objects.push(object);
  if (objects.length === 0) return;
  if (!(await isEmpty(api, to))) throw new StorageError('exists', `${to}: something is there`);
  const isTop = ({ key }: StoredObject): boolean => !key.slice(start.length).includes('/');
  const [top, deep] = [objects.filter(isTop), objects.filter((object) => !isTop(object))];
  for (const level of [deep, top])
    await each(level, copiesAtOnce, ({ key }) => api.copy(key, `${to}/${key.slice(start.length)}`));
  for (const level of [top, deep])
    for (let at = 0; at < level.length; at += keysAtOnce)
      await api.delete(level.slice(at, at + keysAtOnce).map(({ key }) => key));
}

async function isEmpty(api: S3Api, key: string): Promise<boolean> {
  for await (const _ of api.list(`${key}/`)) return false;
  return true;
}

async function each<T>(items: readonly T[], atOnce: number, act: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const work = async (): Promise<void> => {
    for (const item of queue) await act(item);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
