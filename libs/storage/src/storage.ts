import type { Readable } from 'node:stream';

/** What was written: its size and its checksum (hex). */
export interface Written {
  bytes: number;
  sha256: string;
}

export interface StoredObject {
  key: string;
  bytes: number;
  modifiedAtMs: number;
}

export interface StoredGroup {
  /** usable as a prefix */
  prefix: string;
  /** when something was last added directly below it or one level deeper */
  modifiedAtMs: number;
}

export interface WriteOptions {
  /** Fail with code `exists` instead of replacing what is there. */
  ifAbsent?: boolean;
}

/** Bytes `start` to `end`, both inclusive, counted from 0. */
export interface ReadRange {
  start?: number;
  end?: number;
}

/**
 * Where images, manifests and models live. Keys are made by storage-keys.ts, never from a caller's text; a prefix is
 * a key cut at a slash. Everything throws StorageError for what a caller can act on.
 */
export interface Storage {
  /** Durable when it resolves: a crash leaves the whole object or none of it. */
  write(
    key: string,
    data: Uint8Array | AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    options?: WriteOptions,
  ): Promise<Written>;
  /** @throws StorageError `not_found` before the first byte */
  read(key: string, range?: ReadRange): Promise<Readable>;
  stat(key: string): Promise<{ bytes: number } | null>;
  /** Every object below the prefix, in no promised order. */
  list(prefix: string): AsyncIterable<StoredObject>;
  /** The next level below the prefix: what a file manager shows as folders. */
  groups(prefix: string): AsyncIterable<StoredGroup>;
  /** Removes the object and everything below the prefix, half-written objects included; absent is fine. */
  remove(prefix: string): Promise<void>;
  /** Room left, or null where that has no meaning (object storage). */
  freeBytes(): Promise<number | null>;
}
