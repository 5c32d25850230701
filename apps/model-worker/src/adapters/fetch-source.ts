import { buffer } from 'node:stream/consumers';
import { Failure, urlPlace, urlRange } from '@image2model/contracts';
import { judgeStoredImage, storeImage, type ImageStore, type StoredImage } from '@image2model/images';
import type { Progress } from '@image2model/progress';
import { FetchError, type SafeFetch } from '@image2model/safe-fetch';
import { failpoint, type Metrics } from '@image2model/service-kit';
import { storageKeys, type Storage } from '@image2model/storage';
import { fetchFailure } from '../domain/fetch-failure.js';
import type { SourceRequest, Sources } from '../domain/sources.js';
import { storageFailure, stored } from './stored.js';

interface Parts extends Omit<ImageStore, 'storage'> {
  storage: Pick<Storage, 'read' | 'remove' | 'stat' | 'write'>;
  fetchUrl: SafeFetch;
  sources: Pick<Progress['sources'], 'describe'>;
  metrics: Pick<Metrics, 'inc'>;
}

/** Batches of which it is known whether they have URLs. */
const mostKnown = 1_000;

/**
 * Images by URL, fetched when the turn of their file comes. What is in storage is not fetched again: neither for a retry
 * nor after a crash.
 */
export function createSources(parts: Parts): Sources {
  const known = new Map<string, boolean>();
  const hasUrls = async (batchId: string): Promise<boolean> => {
    const has = (await stored(() => parts.storage.stat(storageKeys.urls(batchId)))) !== null;
    known.set(batchId, has);
    const oldest = known.keys().next();
    if (known.size > mostKnown && !oldest.done) known.delete(oldest.value);
    return has;
  };
  return {
    ensure: (request) => {
      const has = known.get(request.batchId);
      if (has === false) return undefined;
      return has === true
        ? ensure(parts, request)
        : hasUrls(request.batchId).then((found) => (found ? ensure(parts, request) : undefined));
    },
  };
}

async function ensure(parts: Parts, request: SourceRequest): Promise<void> {
  const { batchId, idx } = request;
  const key = storageKeys.source(batchId, idx);
  const there = await stored(() => parts.storage.stat(key));
  // an earlier attempt may have died after it was stored and before it was judged
  const image =
    there === null
      ? await fetchAnew(parts, request, key)
      : await stored(() => judgeStoredImage(parts, key, there.bytes));
  if (there === null) failpoint('worker.07.source-stored');
  await parts.sources.describe(batchId, idx, image).catch((cause: unknown) => {
    throw new Failure('dependency', 'a step in Redis failed', { code: 'dependency.redis', cause });
  });
  failpoint('worker.08.source-described');
  if (image.error === null) return;
  throw new Failure('input', image.error.message, { code: image.error.code });
}

async function fetchAnew(
  parts: Parts,
  { batchId, idx, signal, onProgress }: SourceRequest,
  key: string,
): Promise<StoredImage> {
  const url = await stored(() => urlOf(parts.storage, batchId, idx));
  onProgress('fetching', 1);
  const request = { maxBytes: parts.limits.bytes, signal };
  try {
    const image = await parts.fetchUrl(url, request, ({ body }) => storeImage(parts, key, body));
    count(parts, image.error === null ? 'stored' : 'refused');
    return image;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof FetchError)) throw storageFailure(error);
    count(parts, error.retryable ? 'failed' : 'refused');
    throw fetchFailure(error);
  }
}

async function urlOf(storage: Parts['storage'], batchId: string, idx: number): Promise<string> {
  const read = async (range: { start: number; end: number }): Promise<Buffer> =>
    buffer(await storage.read(storageKeys.urls(batchId), range));
  return (await read(urlRange(await read(urlPlace(idx))))).toString();
}

const count = ({ metrics }: Parts, outcome: 'stored' | 'refused' | 'failed'): void =>
  metrics.inc('source_fetches_total', { outcome });
