import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { createAwsClient } from './aws-client.js';
import { uploadCalls } from './aws-uploads.js';
import type { S3Api, S3Place } from './s3-api.js';
import type { LinkOptions, StoredObject } from './storage.js';

/** Turns what the SDK throws into what callers act on. */
export type Translate = (thrown: unknown, key: string) => unknown;

/**
 * Object storage by the AWS SDK. Only this file and those it imports hold the SDK: a bundle of its own, read where STORAGE_URL is s3://.
 * So nothing of it may be compared by class.
 */
export function connectAwsS3(place: S3Place, translate: Translate): S3Api {
  const { bucket: Bucket } = place;
  const client = createAwsClient(place, place.endpoint);
  const linking = createAwsClient(place, place.publicEndpoint ?? place.endpoint);
  const translated = async <T>(key: string, sent: Promise<T>): Promise<T> => {
    try {
      return await sent;
    } catch (error) {
      throw translate(error, key);
    }
  };
  return {
    ...uploadCalls(client, Bucket, translated),
    checkBucket: async () => {
      await translated(Bucket, client.send(new HeadBucketCommand({ Bucket })));
    },
    put: async (Key, Body, { ifAbsent, writer }) => {
      const condition = ifAbsent ? { IfNoneMatch: '*' } : {};
      const put = new PutObjectCommand({ Bucket, Key, Body, Metadata: { writer }, ...condition });
      await translated(Key, client.send(put));
    },
    get: async (Key, Range) => {
      const { Body } = await translated(
        Key,
        client.send(new GetObjectCommand({ Bucket, Key, ...(Range === undefined ? {} : { Range }) })),
      );
      if (Body instanceof Readable) return Body;
      throw new Error('object storage answered without a body');
    },
    head: async (Key) => {
      const found = await translated(Key, client.send(new HeadObjectCommand({ Bucket, Key })));
      return { bytes: found.ContentLength ?? 0, writer: found.Metadata?.['writer'] };
    },
    copy: async (from, Key) => {
      const CopySource = `${Bucket}/${from}`;
      await translated(Key, client.send(new CopyObjectCommand({ Bucket, Key, CopySource })));
    },
    delete: async (keys) => {
      const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true };
      const first = keys[0] ?? '';
      const { Errors } = await translated(first, client.send(new DeleteObjectsCommand({ Bucket, Delete })));
      const failed = Errors?.[0];
      if (failed !== undefined) throw notDeleted(failed, translate);
    },
    list: (start) => objects(client, { Bucket, Prefix: start }, translated),
    folders: (start) => folders(client, { Bucket, Prefix: start, Delimiter: '/' }, translated),
    link: (Key, link) => translated(Key, sign(linking, { Bucket, Key }, link)),
  };
}

/** Runs a call about a key and translates what it throws. */
export type Translated = <T>(key: string, sent: Promise<T>) => Promise<T>;

type Listing = { Bucket: string; Prefix: string; Delimiter?: string };

async function* pages(
  client: S3Client,
  listing: Listing,
  translated: Translated,
): AsyncGenerator<Awaited<ReturnType<typeof listPage>>> {
  let token: string | undefined;
  do {
    const page = await translated(listing.Prefix, listPage(client, listing, token));
    yield page;
    token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
}

const listPage = (client: S3Client, listing: Listing, token: string | undefined) =>
  client.send(
    new ListObjectsV2Command({ ...listing, ...(token === undefined ? {} : { ContinuationToken: token }) }),
  );

async function* objects(
  client: S3Client,
  listing: Listing,
  translated: Translated,
): AsyncGenerator<StoredObject> {
  for await (const { Contents } of pages(client, listing, translated))
    for (const { Key, Size, LastModified } of Contents ?? [])
      if (Key !== undefined) yield { key: Key, bytes: Size ?? 0, modifiedAtMs: LastModified?.getTime() ?? 0 };
}

async function* folders(client: S3Client, listing: Listing, translated: Translated): AsyncGenerator<string> {
  for await (const { CommonPrefixes } of pages(client, listing, translated))
    for (const { Prefix } of CommonPrefixes ?? []) if (Prefix !== undefined) yield Prefix;
}

/** One key of many could not be deleted: as if it had been asked for alone. */
function notDeleted(
  failed: { Key?: string | undefined; Code?: string | undefined },
  translate: Translate,
): unknown {
  const name = failed.Code ?? 'InternalError';
  const httpStatusCode = name === 'AccessDenied' ? 403 : 500;
  return translate(
    Object.assign(new Error(name), { name, $metadata: { httpStatusCode } }),
    failed.Key ?? 'an object',
  );
}

function sign(client: S3Client, object: { Bucket: string; Key: string }, link: LinkOptions): Promise<string> {
  const answered = {
    ...object,
    ResponseContentType: link.contentType,
    ResponseContentDisposition: link.disposition,
    ResponseCacheControl: link.cacheControl,
  };
  const command = link.method === 'GET' ? new GetObjectCommand(answered) : new HeadObjectCommand(answered);
  return getSignedUrl(client, command, { expiresIn: link.expiresS });
}
