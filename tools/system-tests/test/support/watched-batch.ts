import { followBatch, type BatchView, type Client, type SseEvent } from '@image2model/testing';

/** A batch of one run, with two clients that see it from its first moment. */
export interface WatchedBatch {
  readonly id: string;
  readonly total: number;
  /** How it may end. */
  readonly mayEnd: readonly string[];
  /** Codes that files of it may fail with. */
  readonly mayFailWith: readonly string[];
  /** What each client saw, up to `batch.completed`. One of them loses its connection again and again. */
  readonly seen: readonly Promise<SseEvent[]>[];
}

const patienceMs = 150_000;

export function watchBatch(
  client: Client,
  { id, total_files: total }: BatchView,
  { mayEnd = ['completed'], mayFailWith = [] }: { mayEnd?: string[]; mayFailWith?: string[] } = {},
): WatchedBatch {
  const seen = [
    followBatch(client, id, { timeoutMs: patienceMs }),
    followBatch(client, id, { timeoutMs: patienceMs, dropEveryMs: 700 }),
  ];
  // looked at when the run is at rest; until then a failure must not count as unhandled
  for (const events of seen) events.catch(() => undefined);
  return { id, total, mayEnd, mayFailWith, seen };
}
