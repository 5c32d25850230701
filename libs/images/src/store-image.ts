import {
  emptyFile,
  judgeImage,
  tooLarge,
  type FileError,
  type ImageFacts,
  type ImageLimits,
} from './judge-image.js';
import { inspectImage } from './inspect-image.js';
import { createSlots } from './slots.js';
import { headBytes, OverLimit, takeIn } from './take-in.js';

/** The part of storage that images need. */
export interface ImageStorage {
  write(key: string, data: AsyncIterable<Uint8Array>): Promise<{ bytes: number; sha256: string }>;
  read(key: string, range?: { start?: number; end?: number }): Promise<AsyncIterable<unknown>>;
  remove(key: string): Promise<void>;
}

export interface ImageStore {
  storage: ImageStorage;
  limits: ImageLimits;
}

/** Images of the process that are read back whole at a time. */
const wholeReads = createSlots(2);

/** What became of one image. A refused one has an error and leaves nothing in storage. */
export interface StoredImage {
  bytes: number;
  type: string;
  width: number;
  height: number;
  /** null for a refused image */
  sha256: string | null;
  error: FileError | null;
}

/**
 * Writes one image as it arrives and judges it. A refused one is a result; only storage's own failures and a broken
 * stream throw.
 */
export async function storeImage(
  store: ImageStore,
  key: string,
  pieces: AsyncIterator<Uint8Array>,
): Promise<StoredImage> {
  const { storage, limits } = store;
  const intake = takeIn(pieces, limits.bytes);
  const written = await storage.write(key, intake.chunks()).catch((error: unknown) => {
    if (error instanceof OverLimit) return null;
    throw error;
  });
  if (written === null) {
    await intake.drain();
    return refused(intake.bytes(), tooLarge(intake.bytes(), limits.bytes));
  }
  return judgeStored(store, key, { head: intake.head(), ...written });
}

/** Judges what was written before: by an attempt that may have died before it did. */
export async function judgeStoredImage(store: ImageStore, key: string, bytes: number): Promise<StoredImage> {
  const head = await readAll(store.storage, key, { start: 0, end: headBytes - 1 });
  return judgeStored(store, key, { head, bytes, sha256: null });
}

async function judgeStored(
  store: ImageStore,
  key: string,
  { head, bytes, sha256 }: { head: Buffer; bytes: number; sha256: string | null },
): Promise<StoredImage> {
  const facts = bytes === 0 ? null : await inspectImage({ head, whole: () => readWhole(store, key) });
  const verdict = facts === null ? null : judgeImage(facts, store.limits);
  if (verdict?.ok === true) {
    const { type, width, height } = verdict;
    return { bytes, type, width, height, sha256, error: null };
  }
  await store.storage.remove(key);
  return verdict === null
    ? refused(bytes, emptyFile())
    : refused(bytes, verdict.error, facts?.type, { width: verdict.width, height: verdict.height });
}

function refused(
  bytes: number,
  error: FileError,
  type: ImageFacts['type'] = null,
  size = { width: 0, height: 0 },
): StoredImage {
  return { bytes, type: type ?? 'application/octet-stream', ...size, sha256: null, error };
}

function readWhole({ storage }: ImageStore, key: string): Promise<Buffer> {
  return wholeReads.run(() => readAll(storage, key));
}

async function readAll(
  storage: ImageStorage,
  key: string,
  range?: { start: number; end: number },
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of await storage.read(key, range)) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('storage gives bytes');
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks);
}
