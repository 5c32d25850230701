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

/** A link to one object that works without credentials until it expires. */
export interface LinkOptions {
  method: 'GET' | 'HEAD';
  expiresS: number;
  /** headers of the answer */
  contentType: string;
  disposition: string;
  cacheControl: string;
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
  /** `objects`: half-written ones lie apart from folders, where `names` does not show them. */
  readonly kind: 'files' | 'objects';
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
  /** Names of the next level below the prefix, what a file manager shows as folders, in no promised order: cheap, however much lies below them. */
  names(prefix: string): AsyncIterable<string>;
  /** One of these; null when nothing is there. */
  group(prefix: string): Promise<StoredGroup | null>;
  /**
   * Moves all that lies below a prefix to another one, where nothing may be; absent is fine. In object storage it is a copy and then a
   * deletion: after a crash move what is left to a new place.
   * @throws StorageError `exists` when something is there
   */
  move(prefix: string, to: string): Promise<void>;
  /** Removes what writers that died left half-written below the prefix, when it is older than the time given (ms). */
  dropUnfinished(prefix: string, beforeMs: number): Promise<{ files: number; bytes: number }>;
  /** Removes the object and everything below the prefix, half-written objects included; absent is fine. */
  remove(prefix: string): Promise<void>;
  /** Room left, or null where that has no meaning (object storage). */
  freeBytes(): Promise<number | null>;
  /** @throws when storage cannot be used now, with what to do about it */
  check(): Promise<void>;
  /** null where there are no such links; a link is made whether or not the object is there. */
  readonly presign: ((key: string, link: LinkOptions) => Promise<string>) | null;
}
