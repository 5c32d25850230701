import type { Client } from './client.js';
import { readEvents, type SseEvent } from './read-events.js';

export interface FollowOptions {
  /** Cuts the connection so long after each connect and resumes by Last-Event-ID; never without it. */
  dropEveryMs?: number;
  timeoutMs?: number;
  /** Where to begin; '0-0' replays everything. */
  from?: string;
  onEvent?: (event: SseEvent) => void;
}

/** Everything that a client sees of a batch until its `batch.completed`, over as many connections as it takes. */
export async function followBatch(
  client: Client,
  batchId: string,
  options: FollowOptions = {},
): Promise<SseEvent[]> {
  const { dropEveryMs, timeoutMs = 60_000, from = '0-0', onEvent } = options;
  const seen: SseEvent[] = [];
  const until = performance.now() + timeoutMs;
  let lastEventId = from;
  while (performance.now() < until) {
    const limitMs = Math.min(dropEveryMs ?? Infinity, until - performance.now());
    const stream = readEvents({
      url: `${client.gatewayUrl}/v1/batches/${batchId}/events`,
      apiKey: client.apiKey,
      lastEventId,
      signal: AbortSignal.timeout(Math.max(1, Math.ceil(limitMs))),
    });
    for await (const event of stream) {
      seen.push(event);
      onEvent?.(event);
      lastEventId = event.id ?? lastEventId;
      if (event.event === 'batch.completed') return seen;
    }
  }
  throw new Error(`${batchId}: no batch.completed within ${timeoutMs} ms after ${seen.length} events`);
}
