import type { Readable } from 'node:stream';
import type { StoredFile } from '@image2model/contracts';
import type { FileError } from '@image2model/progress';
import type { Storage } from '@image2model/storage';
import { keptName } from '../domain/file-names.js';
import { emptyFile, judgeImage, tooLarge, type ImageFacts, type ImageLimits } from '../domain/judge-image.js';
import type { Slots } from '../domain/slots.js';

export interface ImageStore {
  storage: Pick<Storage, 'write' | 'read' | 'remove'>;
  /** looks at the first bytes and the header */
  inspect(image: { head: Buffer; whole(): Promise<Buffer> }): Promise<ImageFacts>;
  limits: ImageLimits;
  /** how many images of the process may be read back whole at a time */
  wholeReads: Slots;
}

/** So much of each image is kept in memory for its checks; headers nearly always end within it. */
const headBytes = 256 * 1024;

/**
 * Writes one image as it arrives and judges it. A refused one is a result, and leaves nothing in storage; only
 * storage's own failures and a broken stream throw.
 */
export async function storeImage(
  store: ImageStore,
  key: string,
  part: { idx: number; name: string; stream: Readable },
): Promise<StoredFile> {
  const { storage, limits } = store;
  const intake = takeIn(part.stream, limits.bytes);
  const named = { idx: part.idx, name: keptName(part.name), width: 0, height: 0 };
  const refuse = (
    error: FileError,
    type = 'application/octet-stream',
    size = { width: 0, height: 0 },
  ): StoredFile => ({
    ...named,
    ...size,
    bytes: intake.bytes(),
    type,
    sha256: null,
    error,
  });
  const written = await storage.write(key, intake.chunks()).catch((error: unknown) => {
    if (error instanceof OverLimit) return null;
    throw error;
  });
  if (written === null) {
    await intake.drain();
    return refuse(tooLarge(intake.bytes(), limits.bytes));
  }
  const { bytes, sha256 } = written;
  const facts =
    bytes === 0 ? null : await store.inspect({ head: intake.head(), whole: () => readWhole(store, key) });
  const verdict = facts === null ? null : judgeImage(facts, limits);
  if (verdict?.ok === true)
    return { ...named, ...size(verdict), bytes, type: verdict.type, sha256, error: null };
  await storage.remove(key);
  return verdict === null
    ? refuse(emptyFile())
    : refuse(verdict.error, facts?.type ?? undefined, size(verdict));
}

const size = ({ width, height }: { width: number; height: number }): { width: number; height: number } => ({
  width,
  height,
});

/** Thrown into the write of an image that is too large; what was written is discarded. */
class OverLimit extends Error {}

interface Intake {
  /** @throws OverLimit as soon as there are too many bytes */
  chunks(): AsyncGenerator<Buffer>;
  /** Reads on to the end, for the count. */
  drain(): Promise<void>;
  bytes(): number;
  head(): Buffer;
}

function takeIn(stream: Readable, limit: number): Intake {
  const heads: Buffer[] = [];
  let bytes = 0;
  let kept = 0;
  const pieces = async function* (): AsyncGenerator<Buffer> {
    for await (const piece of stream.iterator({ destroyOnReturn: false })) {
      const chunk: Buffer = Buffer.isBuffer(piece) ? piece : Buffer.from(piece);
      bytes += chunk.length;
      yield chunk;
    }
  };
  return {
    bytes: () => bytes,
    head: () => Buffer.concat(heads),
    drain: async () => {
      for await (const _chunk of pieces());
    },
    chunks: async function* () {
      for await (const chunk of pieces()) {
        if (bytes > limit) throw new OverLimit();
        if (kept < headBytes) {
          heads.push(chunk.subarray(0, headBytes - kept));
          kept += Math.min(chunk.length, headBytes - kept);
        }
        yield chunk;
      }
    },
  };
}

async function readWhole({ storage, wholeReads }: ImageStore, key: string): Promise<Buffer> {
  return wholeReads.run(async () => Buffer.concat(await (await storage.read(key)).toArray()));
}
