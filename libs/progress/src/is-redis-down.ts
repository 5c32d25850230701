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

/** Whether what a plain command threw says that Redis cannot serve now: away, full, loading, or a replica. */
export function isRedisDown(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  const errno = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  return (
    names.has(thrown.name) || refusals.test(thrown.message) || words.test(thrown.message) || errnos.has(errno)
  );
}
