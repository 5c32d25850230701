import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openFileStorage } from './file-storage.js';
import { parseS3Url } from './parse-s3-url.js';
import { fromS3 } from './s3-error.js';
import { openS3Storage } from './s3-storage.js';
import { StorageError } from './storage-error.js';
import type { Storage } from './storage.js';

const forms = 'use file:///absolute/directory or s3://bucket/prefix';

/**
 * Opens the storage a STORAGE_URL names: `file:///absolute/directory`, which is made when it is not there, or `s3://bucket/prefix`, which
 * must be there.
 * @throws StorageError that says what is wrong with the URL, or why the bucket cannot be used
 */
export async function openStorage(url: string): Promise<Storage> {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed?.protocol === 'file:') return openFileStorage(directoryOf(parsed));
  if (parsed?.protocol === 's3:') {
    const place = parseS3Url(parsed);
    // the AWS SDK is read only where it is used
    const { connectAwsS3 } = await import('./aws-s3.js');
    return openS3Storage(connectAwsS3(place, fromS3), place);
  }
  const what = parsed === null ? 'not a storage URL' : `unknown storage scheme ${parsed.protocol}//`;
  throw new StorageError('invalid_url', `${what}; ${forms}`);
}

function directoryOf(parsed: URL): string {
  if (parsed.host !== '' || parsed.search !== '' || parsed.hash !== '')
    throw new StorageError(
      'invalid_url',
      'a storage URL is file:///absolute/directory, without host, query or fragment',
    );
  const directory = fileURLToPath(parsed);
  if (!isAbsolute(directory) || directory === '/')
    throw new StorageError('invalid_url', 'a storage URL names a directory: file:///absolute/directory');
  return directory;
}
