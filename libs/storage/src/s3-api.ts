import type { Readable } from 'node:stream';
import type { LinkOptions, StoredObject } from './storage.js';

/** One bucket, and what is needed to talk to it. Credentials are never part of it: the AWS SDK finds them. */
export interface S3Place {
  bucket: string;
  /** '', or the folder of the bucket that is ours, with a slash at its end */
  prefix: string;
  region: string | undefined;
  /** where an S3 server other than AWS is */
  endpoint: string | undefined;
  /** the same server as clients see it, for links; default: the endpoint */
  publicEndpoint: string | undefined;
  /** bucket in the path instead of in the host name */
  pathStyle: boolean;
}

/** An upload in parts that was begun and neither completed nor aborted. */
export interface S3Upload {
  key: string;
  id: string;
}

/** What object storage can do, one call each; keys are those of the bucket. Errors are translated by who connected it. */
export interface S3Api {
  checkBucket(): Promise<void>;
  put(key: string, body: Uint8Array, options: { ifAbsent: boolean; writer: string }): Promise<void>;
  /** @param range as in a Range header */
  get(key: string, range?: string): Promise<Readable>;
  head(key: string): Promise<{ bytes: number; writer: string | undefined }>;
  copy(from: string, to: string): Promise<void>;
  /** At most 1,000 keys. */
  delete(keys: readonly string[]): Promise<void>;
  /** Every object whose key begins so. */
  list(start: string): AsyncIterable<StoredObject>;
  /** The parts of keys from `start` to their next slash, slash included. */
  folders(start: string): AsyncIterable<string>;
  begin(key: string, writer: string): Promise<string>;
  /** @returns the tag that `complete` wants */
  part(upload: S3Upload, number: number, body: Uint8Array): Promise<string>;
  complete(upload: S3Upload, tags: readonly string[], options: { ifAbsent: boolean }): Promise<void>;
  abort(upload: S3Upload): Promise<void>;
  uploads(start: string): AsyncIterable<S3Upload & { begunAtMs: number }>;
  /** What the parts of an upload take, and when the last of them came; 0 without parts. */
  partsOf(upload: S3Upload): Promise<{ bytes: number; lastAtMs: number }>;
  link(key: string, link: LinkOptions): Promise<string>;
}
