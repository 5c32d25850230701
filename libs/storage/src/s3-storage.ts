import { Readable } from 'node:stream';
import { checkKey } from './check-key.js';
import type { S3Api, S3Place } from './s3-api.js';
import { explainBucket } from './s3-error.js';
import { dropUploads, moveTree, removeTree } from './s3-tree.js';
import { writeObject } from './s3-write.js';
import { StorageError } from './storage-error.js';
import type { ReadRange, Storage, StoredGroup, StoredObject } from './storage.js';

/**
 * Storage in a bucket, below its prefix. Objects appear whole or not at all, and are durable as the server keeps them.
 * @throws StorageError that says what to do when the bucket cannot be used
 */
export async function openS3Storage(api: S3Api, place: S3Place): Promise<Storage> {
  const { prefix } = place;
  const at = (key: string): string => prefix + checkKey(key);
  const check = (): Promise<void> =>
    api.checkBucket().catch((error: unknown) => Promise.reject(explainBucket(error, place)));
  await check();
  return {
    kind: 'objects',
    // async: what is wrong with a key rejects
    write: async (key, data, { ifAbsent = false } = {}) => writeObject(api, at(key), data, ifAbsent),
    read: async (key, range = {}) => readObject(api, at(key), range),
    stat: async (key) => orNull(api.head(at(key)).then(({ bytes }) => ({ bytes }))),
    list: (key) => listed(api, at(key), prefix.length),
    names: (key) => namesOf(api, `${at(key)}/`),
    group: async (key) => readGroup(api, checkKey(key), prefix),
    move: async (from, to) => moveTree(api, at(from), at(to)),
    dropUnfinished: async (key, beforeMs) => dropUploads(api, at(key), beforeMs),
    remove: async (key) => removeTree(api, at(key)),
    freeBytes: () => Promise.resolve(null),
    check,
    presign: async (key, link) => api.link(at(key), link),
  };
}

async function readObject(api: S3Api, key: string, { start = 0, end }: ReadRange): Promise<Readable> {
  if (start === 0 && end === undefined) return api.get(key);
  try {
    return await api.get(key, `bytes=${start}-${end ?? ''}`);
  } catch (error) {
    // as a file has it: nothing is there beyond the end
    if (hasName(error, 'InvalidRange')) return Readable.from([], { objectMode: false });
    throw error;
  }
}

const hasName = (thrown: unknown, name: string): boolean => thrown instanceof Error && thrown.name === name;

async function orNull<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof StorageError && error.code === 'not_found') return null;
    throw error;
  }
}

async function* listed(api: S3Api, key: string, cut: number): AsyncGenerator<StoredObject> {
  for await (const object of api.list(`${key}/`)) yield { ...object, key: object.key.slice(cut) };
}

async function* namesOf(api: S3Api, start: string): AsyncGenerator<string> {
  for await (const folder of api.folders(start)) yield folder.slice(start.length, -1);
}

/** Folders have no time of their own here: that of the newest object below. */
async function readGroup(api: S3Api, key: string, prefix: string): Promise<StoredGroup | null> {
  let modifiedAtMs = -1;
  for await (const object of api.list(`${prefix}${key}/`))
    modifiedAtMs = Math.max(modifiedAtMs, object.modifiedAtMs);
  return modifiedAtMs < 0 ? null : { prefix: key, modifiedAtMs };
}
