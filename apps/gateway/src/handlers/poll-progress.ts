import type { BatchRecord, FileProgress } from '@image2model/progress';
import type { Logger } from '@image2model/service-kit';
import { advanceOf } from '../domain/batch-view.js';
import { eventText } from '../domain/event-text.js';
import type { ProviderStates } from '../domain/provider-state.js';
import type { BatchReader } from './load-batch.js';
import type { Governors } from './read-governors.js';

interface Parts {
  batches: Pick<BatchReader, 'get' | 'progress'>;
  governors: Pick<Governors, 'states'>;
  logger: Logger;
}

/** The latest progress of watched batches: one poll for each batch, however many clients watch it. */
export interface ProgressPolls {
  /** @param onText gets events ready to be sent @returns how to stop */
  watch(batch: BatchRecord, onText: (text: string) => void): () => void;
  close(): void;
}

interface Watched {
  tenant: string;
  id: string;
  listeners: Set<(text: string) => void>;
  timer: NodeJS.Timeout | undefined;
  /** what was told last */
  files: Map<number, string>;
  advance: string;
}

/** At most 4 a second for a batch; less often when very many are watched. */
const pollMs = 250;
const batchesAtFullRate = 200;

export function createProgressPolls({ batches, governors, logger }: Parts): ProgressPolls {
  const watched = new Map<string, Watched>();

  const plan = (entry: Watched, delayMs: number): void => {
    entry.timer = setTimeout(() => void turn(entry), delayMs * Math.max(1, watched.size / batchesAtFullRate));
  };
  const turn = async (entry: Watched): Promise<void> => {
    const { tenant, id } = entry;
    try {
      const [running, record, providers] = await Promise.all([
        batches.progress(id),
        batches.get(tenant, id),
        governors.states(),
      ]);
      if (watched.get(id) !== entry || record === null) return;
      const text = news(entry, record, running, providers);
      if (text !== '') for (const listener of entry.listeners) listener(text);
      plan(entry, pollMs);
    } catch (error) {
      logger.debug('reading progress failed; trying again', { batchId: id, error });
      if (watched.get(id) === entry) plan(entry, 10 * pollMs);
    }
  };
  const forget = (entry: Watched): void => {
    clearTimeout(entry.timer);
    if (watched.get(entry.id) === entry) watched.delete(entry.id);
  };
  return {
    watch: ({ tenant, id }, onText) => {
      const known = watched.get(id);
      const entry = known ?? newlyWatched(tenant, id);
      watched.set(id, entry);
      if (known === undefined) plan(entry, pollMs);
      entry.listeners.add(onText);
      return () => {
        entry.listeners.delete(onText);
        if (entry.listeners.size === 0) forget(entry);
      };
    },
    close: () => {
      for (const entry of watched.values()) forget(entry);
    },
  };
}

const newlyWatched = (tenant: string, id: string): Watched => ({
  tenant,
  id,
  listeners: new Set(),
  timer: undefined,
  files: new Map(),
  advance: '',
});

/** Events for what changed since the last poll; '' when nothing did. */
function news(
  entry: Watched,
  record: BatchRecord,
  running: readonly FileProgress[],
  providers: ProviderStates,
): string {
  const files = new Map(
    running.map(({ idx, percent, stage }) => [
      idx,
      eventText('file.progress', { idx, progress: percent, stage }),
    ]),
  );
  const changed = [...files].filter(([idx, text]) => entry.files.get(idx) !== text).map(([, text]) => text);
  entry.files = files;
  const { status, counts, progress, eta_seconds, hold } = advanceOf(record, running, Date.now(), providers);
  const advance = eventText('batch.progress', { status, counts, progress, eta_seconds, hold });
  // the estimate moves all the time; by itself it is no news
  const told = JSON.stringify([status, counts, progress, hold]);
  if (told !== entry.advance) changed.push(advance);
  entry.advance = told;
  return changed.join('');
}
