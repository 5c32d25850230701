import type { FileStatus } from '@image2model/contracts';
import type { BatchRecord, FileHolder, FileRecord, IndexPlace, Progress } from '@image2model/progress';
import type { TaskPlace } from '../domain/task-place.js';

export interface TaskReading {
  batches: Pick<Progress['batches'], 'read' | 'files'>;
  opsViews: Pick<Progress['opsViews'], 'liveBatches' | 'endedBatches' | 'holders'>;
}
export interface FoundTask {
  batch: BatchRecord;
  file: FileRecord;
  holder: FileHolder;
}
export interface TaskPage {
  tasks: FoundTask[];
  next: TaskPlace | null;
}
interface Query {
  state?: FileStatus;
  limit: number;
}

/** Batches whose heads are read at a time. */
const headsAtOnce = 50;
/** A page is given up, with what it has and a cursor, after so many batches: one look may not take for ever. */
const mostHeads = 500;
const mostScanned = 50;
/** No file has it: the batch was looked at to its end. */
const beyond = 99_999_999;

/** Only live batches have files that wait or run. */
const indexesOf = (state: FileStatus | undefined): readonly TaskPlace['index'][] =>
  state === 'pending' || state === 'running' ? ['live'] : ['live', 'ended'];

/** A page over the batches of everybody. It may be short, even empty, and have a next one. */
export async function findTasks(
  parts: TaskReading,
  query: Query & { from: TaskPlace | null },
): Promise<TaskPage> {
  const { from, state } = query;
  const work = { heads: 0, scanned: 0 };
  const tasks: FoundTask[] = [];
  const indexes = indexesOf(state);
  for (const index of indexes.slice(Math.max(0, indexes.indexOf(from?.index ?? 'live')))) {
    let place = from?.index === index ? from : null;
    if (place !== null) {
      const stop = await takeFrom(parts, [place], { query, tasks, work, idx: place.idx });
      if (stop !== null) return { tasks, next: stop };
    }
    for (;;) {
      const page = await readIndex(parts, index, place?.batch ?? null);
      const places = page.map((batch): TaskPlace => ({ index, batch, idx: 0 }));
      const stop = await takeFrom(parts, places, { query, tasks, work, idx: 0 });
      if (stop !== null) return { tasks, next: stop };
      place = places.at(-1) ?? place;
      if (page.length < headsAtOnce) break;
    }
  }
  return { tasks, next: null };
}

/** The files of one batch. null: there is no such batch */
export async function tasksOfBatch(
  parts: TaskReading,
  { id, idx, state, limit }: Query & { id: string; idx: number },
): Promise<TaskPage | null> {
  const batch = await parts.batches.read(id);
  if (batch === null || batch.state === 'staging') return null;
  const { tasks, next } = await readFiles(parts, batch, { from: idx, limit, ...withState(state) });
  const place: IndexPlace = { score: 0, id };
  return { tasks, next: next === null ? null : { index: 'live', batch: place, idx: next } };
}

const readIndex = ({ opsViews }: TaskReading, index: TaskPlace['index'], after: IndexPlace | null) =>
  index === 'live' ? opsViews.liveBatches(after, headsAtOnce) : opsViews.endedBatches(after, headsAtOnce);

interface Taking {
  query: Query;
  tasks: FoundTask[];
  work: { heads: number; scanned: number };
  idx: number;
}

/** Adds the files of these batches in their order. @returns where the page ends, null: it has room for more */
async function takeFrom(
  parts: TaskReading,
  places: readonly TaskPlace[],
  { query: { state, limit }, tasks, work, idx }: Taking,
): Promise<TaskPlace | null> {
  const heads = await Promise.all(places.map(({ batch }) => parts.batches.read(batch.id)));
  for (const [at, place] of places.entries()) {
    const head = heads[at] ?? null;
    work.heads += 1;
    if (head !== null && head.state !== 'staging' && idx !== beyond && mayHave(head, state)) {
      work.scanned += 1;
      const page = await readFiles(parts, head, {
        from: idx,
        limit: limit - tasks.length,
        ...withState(state),
      });
      tasks.push(...page.tasks);
      if (page.next !== null) return { ...place, idx: page.next };
    }
    const enough = tasks.length === limit || work.heads >= mostHeads || work.scanned >= mostScanned;
    if (enough) return { ...place, idx: beyond };
  }
  return null;
}

const mayHave = ({ counts }: BatchRecord, state: FileStatus | undefined): boolean =>
  state === undefined || counts[state] > 0;

const withState = (state: FileStatus | undefined): { states?: readonly FileStatus[] } =>
  state === undefined ? {} : { states: [state] };

async function readFiles(
  { batches, opsViews }: TaskReading,
  batch: BatchRecord,
  page: { states?: readonly FileStatus[]; limit: number; from: number },
): Promise<{ tasks: FoundTask[]; next: number | null }> {
  const { files, next } = await batches.files(batch.id, page);
  const holders = await opsViews.holders(
    batch.id,
    files.map(({ idx }) => idx),
  );
  const free: FileHolder = { worker: null, crashes: 0 };
  return { tasks: files.map((file, at) => ({ batch, file, holder: holders[at] ?? free })), next };
}
