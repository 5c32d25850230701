import { setTimeout as sleep } from 'node:timers/promises';
import { eventDataSchemas, type BatchFile } from '@image2model/contracts';
import { batchPath } from '../api/batches-api.js';
import { isPassing } from '../api/patience.js';
import { followStream } from '../api/follow-stream.js';
import type { SseEvent } from '../api/read-sse.js';
import { isEnded, type BatchView } from '../api/views.js';
import type { Downloads } from './downloads.js';
import { entriesOf, type Session } from './session.js';
import type { Entry, Send } from './state.js';

/** Streams at a time: the gateway allows 20 to a key, and others want some. */
const mostStreams = 8;
const pollMs = 5_000;

/** What all followers of a run share. */
export interface Followers {
  streams: number;
}

/** Keeps the entries of a send true, and has its models fetched, until its run has ended. */
export async function followSend(
  session: Session,
  send: Send,
  downloads: Downloads,
  followers: Followers,
): Promise<void> {
  const { batches, board, detached, patience } = session;
  const id = send.batch_id;
  if (id === null) return;
  const entries = new Map(entriesOf(session, send).map((entry) => [entry.idx, entry]));
  const look = async (): Promise<boolean> => {
    const view = await batches.get(id, { signal: detached, patience });
    board.views.set(send.key, view);
    const ended = isEnded(view) && view.run >= send.run;
    if (ended || view.counts.completed > countCompleted(entries)) {
      const files = await batches.files(id, undefined, { signal: detached, patience });
      for (const file of files) settleEntry(session, entries.get(file.idx), file, downloads);
    }
    if (ended) finish(session, send, view);
    return ended;
  };
  while (!(await look())) {
    if (followers.streams >= mostStreams) {
      await sleep(pollMs, undefined, { signal: detached });
      continue;
    }
    followers.streams += 1;
    try {
      await followStream(session.api, {
        path: `${batchPath(id)}/events`,
        from: '0-0',
        signal: detached,
        onEvent: (event) => applyEvent(session, send, entries, event, downloads),
        onGap: look,
      });
    } catch (error) {
      if (!isPassing(error)) throw error;
    } finally {
      followers.streams -= 1;
    }
  }
}

const countCompleted = (entries: ReadonlyMap<number, Entry>): number =>
  [...entries.values()].filter(({ status }) => status === 'completed').length;

function finish({ state, file, board }: Session, send: Send, view: BatchView): void {
  send.ended = true;
  send.run = view.run;
  for (const entry of board.running.keys()) if (entry.send === send.key) board.running.delete(entry);
  file.save(state);
}

/** Takes over what the gateway says of a file. */
function settleEntry(
  { board, file, state }: Session,
  entry: Entry | undefined,
  seen: BatchFile,
  downloads: Downloads,
): void {
  if (entry === undefined) return;
  entry.attempts = seen.attempts;
  entry.cost_usd = seen.cost_usd;
  if (seen.status === 'running')
    board.running.set(entry, { name: entry.name, progress: seen.progress, stage: seen.stage ?? '' });
  else board.running.delete(entry);
  if (seen.status === 'pending' || seen.status === 'running') return;
  entry.status = seen.status;
  entry.error = seen.error;
  if (seen.model !== null) {
    entry.model = { sha256: seen.model.sha256, bytes: seen.model.bytes, faces: seen.model.faces };
    downloads.want(entry);
  }
  // provider noop makes none: there is nothing to fetch
  if (seen.status === 'completed' && seen.model === null) entry.saved = true;
  file.saveSoon(state);
}

/** @returns whether the run has ended; what is not known is skipped, since newer gateways may say more */
function applyEvent(
  session: Session,
  send: Send,
  entries: ReadonlyMap<number, Entry>,
  { event, data }: SseEvent,
  downloads: Downloads,
): boolean {
  const { board } = session;
  switch (event) {
    case 'batch.completed': {
      const ended = eventDataSchemas['batch.completed'].safeParse(data);
      return ended.success && ended.data.run >= send.run;
    }
    case 'batch.progress': {
      const heard = eventDataSchemas['batch.progress'].safeParse(data);
      const view = board.views.get(send.key);
      if (heard.success && view !== undefined) board.views.set(send.key, { ...view, ...heard.data });
      return false;
    }
    case 'file.started':
    case 'file.progress':
      noteProgress(session, entries, event, data);
      return false;
    case 'file.completed':
    case 'file.failed':
    case 'file.cancelled':
      noteEnd(session, entries, event, data, downloads);
      return false;
    default:
      return false;
  }
}

function noteProgress(
  { board }: Session,
  entries: ReadonlyMap<number, Entry>,
  event: 'file.started' | 'file.progress',
  data: unknown,
): void {
  const heard = eventDataSchemas[event].safeParse(data);
  const entry = heard.success ? entries.get(heard.data.idx) : undefined;
  if (!heard.success || entry === undefined) return;
  // a retry begins a file that had failed in the run before
  if (event === 'file.started' && entry.status === 'failed') entry.status = 'sent';
  if (entry.status !== 'sent') return;
  const { progress = board.running.get(entry)?.progress ?? 0, stage = '' } =
    'progress' in heard.data ? heard.data : {};
  board.running.set(entry, { name: entry.name, progress, stage });
}

function noteEnd(
  { board, file, state }: Session,
  entries: ReadonlyMap<number, Entry>,
  event: 'file.completed' | 'file.failed' | 'file.cancelled',
  data: unknown,
  downloads: Downloads,
): void {
  const heard = eventDataSchemas[event].safeParse(data);
  const entry = heard.success ? entries.get(heard.data.idx) : undefined;
  if (!heard.success || entry === undefined || entry.status === 'completed') return;
  board.running.delete(entry);
  entry.status = heard.data.status;
  if ('error' in heard.data) entry.error = heard.data.error;
  if ('model' in heard.data && heard.data.model !== null) {
    const { sha256, bytes, faces } = heard.data.model;
    entry.model = { sha256, bytes, faces };
    downloads.want(entry);
  }
  file.saveSoon(state);
}
