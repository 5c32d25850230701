import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openFileStorage } from './file-storage.js';
import { StorageError } from './storage-error.js';
import type { Storage } from './storage.js';

/** Opens the storage a STORAGE_URL names: `file:///absolute/directory`, which is made when it is not there. */
export async function openStorage(url: string): Promise<Storage> {
  return openFileStorage(directoryOf(url));
}

function directoryOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null)
    throw new StorageError('invalid_url', `not a storage URL: ${url}; use file:///absolute/directory`);
  if (parsed.protocol !== 'file:')
    throw new StorageError(
      'invalid_url',
      `unknown storage scheme ${parsed.protocol}//; use file:///absolute/directory`,
    );
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
