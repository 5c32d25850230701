import { StorageError } from './storage-error.js';

const segment = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const maxSegments = 8;

/**
 * Lets through keys that mean the same in every storage: segments of letters, digits, `.`, `_`, `-` that begin with
 * no dot, joined by single slashes. Names that begin with a dot belong to the adapters.
 */
export function checkKey(key: string): string {
  const segments = key.split('/');
  const ok =
    segments.length <= maxSegments && segments.every((part) => segment.test(part) && !part.includes('..'));
  if (!ok) throw new StorageError('invalid_key', `not a storage key: ${JSON.stringify(key.slice(0, 200))}`);
  return key;
}
