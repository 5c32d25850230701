import type { ServerResponse } from 'node:http';
import type { EventSink } from '../domain/route.js';

/** More than this waiting for a client means that it does not read; it resumes by Last-Event-ID. */
const mostBufferedBytes = 1024 * 1024;
const longestStallMs = 60_000;

export type OpenEventSink = (response: ServerResponse) => EventSink;

/** Event streams with back-pressure; all of them end when the process stops. */
export function createEventSinks(stopping: AbortSignal): OpenEventSink {
  const open = new Set<AbortController>();
  stopping.addEventListener('abort', () => open.forEach((end) => end.abort()), { once: true });
  return (response) => {
    const end = new AbortController();
    open.add(end);
    response.once('close', () => {
      open.delete(end);
      end.abort();
    });
    if (stopping.aborted || response.destroyed) end.abort();
    return sinkOf(response, end.signal);
  };
}

const sinkOf = (response: ServerResponse, ended: AbortSignal): EventSink => ({
  ended,
  get ready() {
    return !ended.aborted && !response.writableNeedDrain;
  },
  write: async (text) => {
    if (response.destroyed || response.writableEnded || response.write(text)) return;
    if (response.writableLength > mostBufferedBytes) response.destroy();
    else await drained(response);
  },
});

/** Until the client has read on; one that does not read for too long is cut off. */
async function drained(response: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => {
    const cut = setTimeout(() => response.destroy(), longestStallMs);
    const done = (): void => {
      clearTimeout(cut);
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
