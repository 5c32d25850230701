import { setTimeout as sleep } from 'node:timers/promises';
import { readEvents } from './event-stream.mjs';

/** The gateway sends something every 15 s; a longer silence means that the line is dead. */
const silenceMs = 40_000;
const pauseMs = { first: 250, most: 2000 };

/**
 * Reads the event stream until it ends, from where the last one ended.
 * @param {import('./gateway-client.mjs').GatewayClient} client
 * @param {string} id
 * @param {string} lastId
 * @param {(event: import('./event-stream.mjs').StreamEvent) => void} onEvent
 */
async function listen(client, id, lastId, onEvent) {
  const silent = new AbortController();
  const timer = setTimeout(() => silent.abort(), silenceMs);
  try {
    const answer = await client.request(`/v1/batches/${id}/events`, {
      headers: { accept: 'text/event-stream', 'last-event-id': lastId },
      signal: AbortSignal.any([client.signal, silent.signal]),
    });
    const body = /** @type {AsyncIterable<Uint8Array> | null} */ (answer.body);
    for await (const event of readEvents(body ?? (async function* () {})(), () => timer.refresh()))
      onEvent(event);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Keeps the board true until the batch has ended. A stream that breaks is resumed after the last fact it gave; between
 * two streams the batch is asked for its state, so that without any stream this is plain polling.
 * @param {{ client: import('./gateway-client.mjs').GatewayClient, id: string, board: import('./board.mjs').Board }} options
 */
export async function followBatch({ client, id, board }) {
  // From the beginning: a file may have ended before we asked.
  let lastId = '0-0';
  for (let pause = pauseMs.first; board.finalStatus === null; pause = Math.min(pause * 2, pauseMs.most)) {
    try {
      await listen(client, id, lastId, (event) => {
        pause = pauseMs.first;
        lastId = event.id ?? lastId;
        board.apply(event);
      });
    } catch {
      client.signal.throwIfAborted();
    }
    if (board.finalStatus !== null) return;
    await sleep(pause, undefined, { signal: client.signal });
    await client.batch(id).then(
      async (batch) => board.update(batch, await client.files(id)),
      () => client.signal.throwIfAborted(),
    );
  }
}
