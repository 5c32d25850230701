import { commentText } from '../domain/event-text.js';
import type { EventSink } from '../domain/route.js';

/** How long a client waits before it reconnects. */
export const reconnectMs = 1_000;
const heartbeatMs = 15_000;

export const eventStreamHeaders = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store, no-transform',
  'X-Accel-Buffering': 'no',
} as const;

/** Keeps the connection open. @returns how to stop */
export function beat(sink: EventSink): () => void {
  const timer = setInterval(() => {
    if (sink.ready) void sink.write(commentText('heartbeat'));
  }, heartbeatMs);
  return () => clearInterval(timer);
}

/** Until the client has gone or the process stops. */
export function untilEnded({ ended }: EventSink): Promise<void> {
  return new Promise((resolve) => {
    if (ended.aborted) return resolve();
    ended.addEventListener('abort', () => resolve(), { once: true });
  });
}
