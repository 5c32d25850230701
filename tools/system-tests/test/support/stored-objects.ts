import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { S3Server } from '@image2model/testing';

/** The keys of a bucket that begin so, sorted; at most 1,000. */
export async function storedObjects(s3: S3Server, prefix: string): Promise<string[]> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = s3.credentials;
  const client = new S3Client({
    ...{ endpoint: s3.endpoint, region: 'us-east-1', forcePathStyle: true },
    credentials: { accessKeyId, secretAccessKey },
  });
  const list = new ListObjectsV2Command({ Bucket: s3.bucket, Prefix: prefix });
  try {
    const { Contents = [] } = await client.send(list);
    return Contents.flatMap(({ Key }) => Key ?? []).sort();
  } finally {
    client.destroy();
  }
}
