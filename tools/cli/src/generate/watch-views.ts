import { batchPath } from '../api/batches-api.js';
import { isPassing } from '../api/patience.js';
import { filePageSchema, isEnded } from '../api/views.js';
import { countsOf } from './board.js';
import type { Session } from './session.js';

const everyMs = 3_000;

/** Keeps costs and the cause of waiting true, which the stream of events does not tell. @returns what ends it */
export function watchViews(session: Session): () => void {
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void look(session)
      .catch((error: unknown) => {
        // only for show: whoever follows the batch meets the same trouble and says so
        if (!isPassing(error)) session.board.waiting = null;
      })
      .finally(() => (looking = false));
  }, everyMs);
  return () => clearInterval(timer);
}

async function look({ api, state, batches, board, detached }: Session): Promise<void> {
  const live = state.sends.filter(({ ended, batch_id }) => !ended && batch_id !== null);
  for (const { key, batch_id } of live.slice(0, 20))
    board.views.set(key, await batches.get(batch_id ?? '', { signal: detached }));
  const { running, pending } = countsOf(board);
  const first = live.find(({ key }) => {
    const view = board.views.get(key);
    return view !== undefined && !isEnded(view);
  });
  if (running > 0 || pending === 0 || first === undefined) {
    board.waiting = null;
    return;
  }
  const hold = board.views.get(first.key)?.hold;
  const path = `${batchPath(first.batch_id ?? '')}/files?status=pending&limit=1`;
  const page = await api.ask(path, filePageSchema, { signal: detached });
  board.waiting = hold?.detail ?? page.data[0]?.waiting_for?.detail ?? null;
}
