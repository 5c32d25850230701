import { Failure } from '@image2model/contracts';
import { StorageError } from '@image2model/storage';

/** Names of what the Redis client throws while Redis is away, and the words of its refusals. */
const names = new Set(['MaxRetriesPerRequestError', 'AbortError', 'ClusterAllFailedError']);
const refusals = /^(OOM|MISCONF|LOADING|READONLY|BUSY|NOREPLICAS|MASTERDOWN|CLUSTERDOWN|EXECABORT)\b/;
const words = /Command timed out|Connection is closed|Stream isn't writeable|Socket closed unexpectedly/;
const errnos = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);

/** Whether an error says that Redis, the broker or the disk cannot serve now, so that the caller should come back. */
export function isDependencyDown(error: unknown): boolean {
  if (error instanceof Failure) return error.kind === 'dependency';
  if (error instanceof StorageError) return error.code === 'no_space';
  if (!(error instanceof Error)) return false;
  const errno = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return (
    names.has(error.name) || refusals.test(error.message) || words.test(error.message) || errnos.has(errno)
  );
}
