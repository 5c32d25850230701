import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from './api-client.js';
import { impatient, isPassing } from './patience.js';
import { readSse, type SseEvent } from './read-sse.js';

/** The gateway sends something every 15 s; a longer silence means that the line is dead. */
const silenceMs = 40_000;
const pauses = { firstMs: 250, mostMs: 5_000 } as const;

export interface FollowOptions {
  path: string;
  /** Where to begin; without it the server decides. */
  from?: string;
  signal?: AbortSignal | undefined;
  /** @returns true when it was the last one that matters */
  onEvent(event: SseEvent): boolean | Promise<boolean>;
  /** After a stream ended without the last event. */
  onGap?(error: Error | null): Promise<boolean>;
}

/** Reads a stream of events over as many connections as it takes; after a break it goes on behind the last fact. @throws what will not pass */
export async function followStream(
  api: ApiClient,
  { path, from, signal, onEvent, onGap }: FollowOptions,
): Promise<void> {
  let lastId = from;
  let pauseMs: number = pauses.firstMs;
  for (;;) {
    let broken: Error | null = null;
    try {
      const ended = await listen(api, path, lastId, signal, async (event) => {
        pauseMs = pauses.firstMs;
        lastId = event.id ?? lastId;
        return onEvent(event);
      });
      if (ended) return;
    } catch (error) {
      signal?.throwIfAborted();
      if (!isPassing(error)) throw error;
      broken = error;
    }
    await sleep(pauseMs, undefined, signal === undefined ? {} : { signal });
    pauseMs = Math.min(pauseMs * 2, pauses.mostMs);
    if ((await onGap?.(broken)) === true) return;
  }
}

async function listen(
  api: ApiClient,
  path: string,
  lastId: string | undefined,
  signal: AbortSignal | undefined,
  onEvent: (event: SseEvent) => Promise<boolean>,
): Promise<boolean> {
  const silent = new AbortController();
  const timer = setTimeout(() => silent.abort(), silenceMs);
  try {
    const response = await api.send(path, {
      headers: { accept: 'text/event-stream', ...(lastId === undefined ? {} : { 'last-event-id': lastId }) },
      signal: signal === undefined ? silent.signal : AbortSignal.any([silent.signal, signal]),
      patience: impatient,
    });
    const { body } = response;
    if (body === null) return false;
    for await (const event of readSse(body, () => timer.refresh())) if (await onEvent(event)) return true;
    return false;
  } catch (error) {
    if (signal?.aborted === true || isPassing(error)) throw error;
    // a line that breaks while the body is read; what the gateway said is thrown as it is
    if (error instanceof TypeError || silent.signal.aborted) return false;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
