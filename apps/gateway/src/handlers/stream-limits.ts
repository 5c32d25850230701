import { httpLimits } from '@image2model/contracts';
import type { Metrics } from '@image2model/service-kit';
import { tooManyRequests, unavailable } from '../domain/http-problem.js';

/** Counts open event streams. */
export interface StreamLimits {
  /** @returns how to give the place back @throws HttpProblem 429 for the key, 503 for the process */
  open(keyId: string): () => void;
}

export function createStreamLimits(
  metrics: Pick<Metrics, 'set'>,
  {
    perKey = httpLimits.eventStreamsPerKey,
    all = httpLimits.eventStreams,
  }: { perKey?: number; all?: number } = {},
): StreamLimits {
  const byKey = new Map<string, number>();
  let open = 0;
  const count = (keyId: string, by: 1 | -1): void => {
    open += by;
    const ofKey = (byKey.get(keyId) ?? 0) + by;
    if (ofKey === 0) byKey.delete(keyId);
    else byKey.set(keyId, ofKey);
    metrics.set('sse_clients', {}, open);
  };
  return {
    open: (keyId) => {
      const ofKey = byKey.get(keyId) ?? 0;
      if (ofKey >= perKey)
        throw tooManyRequests(
          'too_many_streams',
          `A key may have ${perKey} event streams open; got one more.`,
          5,
        );
      if (open >= all) throw unavailable('Too many event streams are open.', 10);
      count(keyId, 1);
      let given = false;
      return () => {
        if (!given) count(keyId, -1);
        given = true;
      };
    },
  };
}
