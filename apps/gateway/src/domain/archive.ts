import type { Readable } from 'node:stream';

/** One file of an archive; its bytes are asked for when its turn comes. */
export interface ArchiveEntry {
  /** relative, safe, unique */
  path: string;
  /** exactly so many must come */
  bytes: number;
  open(): Promise<Readable>;
}

/** An archive that is ready to be read: its size is known, nothing of it is opened before the first read. */
export interface Archive {
  bytes: Readable;
  length: number;
}

/** Packs entries without compressing them. A missing or wrong entry breaks the stream; it never yields a valid archive. */
export type Pack = (entries: AsyncIterable<ArchiveEntry>, modifiedAt: Date) => Promise<Archive>;
