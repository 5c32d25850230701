/** `denied` and `unavailable` (object storage) may pass when whoever runs it acts, or by themselves. */
export type StorageErrorCode =
  'not_found' | 'exists' | 'no_space' | 'denied' | 'unavailable' | 'invalid_key' | 'invalid_url';

/** What went wrong with storage, where the caller can act on it; anything else passes through as it was thrown. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  constructor(
    readonly code: StorageErrorCode,
    message: string,
    options?: { cause: unknown },
  ) {
    super(message, options);
  }
}

const down = new Set<StorageErrorCode>(['no_space', 'denied', 'unavailable']);

/** Whether a thrown value says that storage cannot serve now, so that the caller should come back. */
export const isStorageDown = (thrown: unknown): boolean =>
  thrown instanceof StorageError && down.has(thrown.code);

const codes: Readonly<Record<string, StorageErrorCode>> = {
  ENOENT: 'not_found',
  ENOTDIR: 'not_found',
  EEXIST: 'exists',
  ENOTEMPTY: 'exists',
  ENOSPC: 'no_space',
  EDQUOT: 'no_space',
};

/** The errno of a thrown value, when it has one. */
export function errnoOf(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}

/** Translates an errno of the file system; the message names the key, never the path on this machine. */
export function fromErrno(thrown: unknown, key: string): unknown {
  const errno = errnoOf(thrown);
  const code = errno === undefined ? undefined : codes[errno];
  return code === undefined ? thrown : new StorageError(code, `${key}: ${errno}`, { cause: thrown });
}
