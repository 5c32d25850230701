import { createHash, randomUUID } from 'node:crypto';
import type { S3Api, S3Upload } from './s3-api.js';
import { StorageError } from './storage-error.js';
import type { Storage, Written } from './storage.js';

type Data = Parameters<Storage['write']>[1];

/** The least that S3 takes as a part. A write of a stream holds two of them at most. */
export const partBytes = 5 * 1024 * 1024;
/** Parts of bytes that are in memory anyway, sent at once. */
const partsAtOnce = 4;

/**
 * Writes an object as its bytes arrive: one call up to a part, more in parts. Nothing is to be seen before the end, and nothing stays when
 * it fails; parts of a process that died are left to `dropUnfinished`.
 */
export async function writeObject(api: S3Api, key: string, data: Data, ifAbsent: boolean): Promise<Written> {
  const hash = createHash('sha256');
  let bytes = 0;
  const upload = new PartedWrite(api, key, ifAbsent, data instanceof Uint8Array ? partsAtOnce : 1);
  let held: Uint8Array = new Uint8Array();
  try {
    for await (const part of inParts(data)) {
      hash.update(part);
      bytes += part.byteLength;
      if (held.byteLength > 0) await upload.add(held);
      held = part;
    }
    await upload.finish(held);
  } catch (error) {
    await upload.abort();
    throw error;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Pieces of exactly a part, but for the last: some servers want all of one size. */
async function* inParts(data: Data): AsyncGenerator<Uint8Array> {
  let kept: Uint8Array[] = [];
  let room = partBytes;
  for await (const chunk of data instanceof Uint8Array ? [data] : data) {
    let rest = chunk;
    while (rest.byteLength >= room) {
      const piece = rest.subarray(0, room);
      rest = rest.subarray(room);
      yield kept.length === 0 ? piece : Buffer.concat([...kept, piece]);
      kept = [];
      room = partBytes;
    }
    if (rest.byteLength > 0) kept.push(rest);
    room -= rest.byteLength;
  }
  if (kept.length > 0) yield kept.length === 1 && kept[0] !== undefined ? kept[0] : Buffer.concat(kept);
}

/** One object on its way: an upload in parts once there is more than one. */
class PartedWrite {
  /** Tells our own object from another's where an answer got lost and the SDK asked again. */
  readonly #writer = randomUUID();
  readonly #flying = new Set<Promise<void>>();
  readonly #tags: string[] = [];
  #upload: S3Upload | undefined;
  #parts = 0;

  constructor(
    readonly api: S3Api,
    readonly key: string,
    readonly ifAbsent: boolean,
    readonly atOnce: number,
  ) {}

  async add(part: Uint8Array): Promise<void> {
    this.#upload ??= { key: this.key, id: await this.api.begin(this.key, this.#writer) };
    const number = (this.#parts += 1);
    const sent = this.api.part(this.#upload, number, part).then((tag) => {
      this.#tags[number - 1] = tag;
      this.#flying.delete(sent);
    });
    // a failure is noticed by whoever waits next
    sent.catch(() => undefined);
    this.#flying.add(sent);
    if (this.#flying.size >= this.atOnce) await Promise.race(this.#flying);
  }

  async finish(last: Uint8Array): Promise<void> {
    if (this.#upload !== undefined) await this.add(last);
    await Promise.all(this.#flying);
    const { api, key, ifAbsent } = this;
    try {
      if (this.#upload === undefined) await api.put(key, last, { ifAbsent, writer: this.#writer });
      else await api.complete(this.#upload, this.#tags, { ifAbsent });
    } catch (error) {
      if (!(error instanceof StorageError && (await this.#isThere(error)))) throw error;
    }
  }

  /** Parts that are still on the wire would outlive the upload: they are waited for. */
  async abort(): Promise<void> {
    await Promise.allSettled(this.#flying);
    if (this.#upload !== undefined) await this.api.abort(this.#upload).catch(() => undefined);
  }

  /** A second try finds what the first one did: the object is there, or the upload is not any more. */
  async #isThere({ code }: StorageError): Promise<boolean> {
    if (code !== 'exists' && code !== 'not_found') return false;
    const found = await this.api.head(this.key).catch(() => undefined);
    return found?.writer === this.#writer;
  }
}
