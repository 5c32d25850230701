import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  paginateListParts,
  UploadPartCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Translated } from './aws-s3.js';
import type { S3Api, S3Upload } from './s3-api.js';

/** The calls about uploads in parts. */
export function uploadCalls(
  client: S3Client,
  Bucket: string,
  translated: Translated,
): Pick<S3Api, 'begin' | 'part' | 'complete' | 'abort' | 'uploads' | 'partsOf'> {
  const named = ({ key, id }: S3Upload): { Bucket: string; Key: string; UploadId: string } => ({
    Bucket,
    Key: key,
    UploadId: id,
  });
  return {
    begin: async (Key, writer) => {
      const begin = new CreateMultipartUploadCommand({ Bucket, Key, Metadata: { writer } });
      return stated((await translated(Key, client.send(begin))).UploadId, 'an upload without id');
    },
    part: async (upload, PartNumber, Body) => {
      const part = new UploadPartCommand({ ...named(upload), PartNumber, Body });
      return stated((await translated(upload.key, client.send(part))).ETag, 'a part without ETag');
    },
    complete: async (upload, tags, { ifAbsent }) => {
      const MultipartUpload = { Parts: tags.map((ETag, i) => ({ ETag, PartNumber: i + 1 })) };
      const condition = ifAbsent ? { IfNoneMatch: '*' } : {};
      const complete = new CompleteMultipartUploadCommand({
        ...named(upload),
        MultipartUpload,
        ...condition,
      });
      await translated(upload.key, client.send(complete));
    },
    abort: async (upload) => {
      await translated(upload.key, client.send(new AbortMultipartUploadCommand(named(upload))));
    },
    uploads: (start) => uploads(client, { Bucket, Prefix: start }, translated),
    partsOf: (upload) => translated(upload.key, partsOf(client, named(upload))),
  };
}

function stated(value: string | undefined, what: string): string {
  if (value === undefined) throw new Error(`object storage answered with ${what}`);
  return value;
}

async function* uploads(
  client: S3Client,
  listing: { Bucket: string; Prefix: string },
  translated: Translated,
): ReturnType<S3Api['uploads']> & AsyncGenerator<S3Upload & { begunAtMs: number }> {
  let marker = {};
  for (;;) {
    const page = await translated(
      listing.Prefix,
      client.send(new ListMultipartUploadsCommand({ ...listing, ...marker })),
    );
    for (const { Key, UploadId, Initiated } of page.Uploads ?? [])
      if (Key !== undefined && UploadId !== undefined)
        yield { key: Key, id: UploadId, begunAtMs: Initiated?.getTime() ?? 0 };
    if (page.IsTruncated !== true) return;
    marker = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
  }
}

async function partsOf(
  client: S3Client,
  upload: { Bucket: string; Key: string; UploadId: string },
): ReturnType<S3Api['partsOf']> {
  const all = { bytes: 0, lastAtMs: 0 };
  for await (const { Parts } of paginateListParts({ client }, upload))
    for (const { Size, LastModified } of Parts ?? []) {
      all.bytes += Size ?? 0;
      all.lastAtMs = Math.max(all.lastAtMs, LastModified?.getTime() ?? 0);
    }
  return all;
}
