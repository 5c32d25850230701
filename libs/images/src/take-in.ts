/** Thrown into the write of an image that is too large; what was written is discarded. */
export class OverLimit extends Error {
  override readonly name = 'OverLimit';
}

/** An image on its way into storage: counted, bounded, its beginning kept. */
export interface Intake {
  /** @throws OverLimit as soon as there are too many bytes */
  chunks(): AsyncGenerator<Buffer>;
  /** Reads on to the end, for the count. */
  drain(): Promise<void>;
  /** so far */
  bytes(): number;
  head(): Buffer;
}

/** So much of each image is kept in memory for its checks; headers nearly always end within it. */
export const headBytes = 256 * 1024;

/** @param pieces read at most once; may be left in the middle and read on @param limit bytes */
export function takeIn(pieces: AsyncIterator<Uint8Array>, limit: number): Intake {
  const heads: Buffer[] = [];
  let bytes = 0;
  let kept = 0;
  const next = async (): Promise<Buffer | null> => {
    const { done, value } = await pieces.next();
    if (done === true) return null;
    bytes += value.length;
    return Buffer.isBuffer(value) ? value : Buffer.from(value);
  };
  return {
    bytes: () => bytes,
    head: () => Buffer.concat(heads),
    drain: async () => {
      while ((await next()) !== null);
    },
    chunks: async function* () {
      for (let chunk = await next(); chunk !== null; chunk = await next()) {
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
