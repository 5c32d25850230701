import type { OpsEventRecord, Progress } from '@image2model/progress';
import { compareStreamIds } from '@image2model/progress';
import type { Logger } from '@image2model/service-kit';

interface Watcher {
  /** the last event it was given */
  position: string;
  busy: boolean;
  onEvents: (events: readonly OpsEventRecord[]) => Promise<void>;
}

/** Events of the installation for all that watch: one read for the whole process, and none while nobody does. */
export interface OpsEventFeed {
  /** @param after id, exclusive @returns how to stop */
  watch(after: string, onEvents: Watcher['onEvents']): () => void;
  close(): void;
}

const lookEveryMs = 500;
const afterTroubleMs = 2_000;
const perRead = 500;

export function createOpsEventFeed({
  opsEvents,
  logger,
}: {
  opsEvents: Pick<Progress['opsEvents'], 'read'>;
  logger: Pick<Logger, 'warn'>;
}): OpsEventFeed {
  const watchers = new Set<Watcher>();
  let timer: NodeJS.Timeout | undefined;

  const plan = (ms: number): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void look();
    }, ms);
  };
  const look = async (): Promise<void> => {
    const waiting = [...watchers].filter(({ busy }) => !busy);
    const from = lowest(waiting);
    let next = lookEveryMs;
    try {
      if (from !== null) {
        const { events, last } = await opsEvents.read(from, perRead);
        for (const watcher of waiting) if (watchers.has(watcher)) hand(watcher, events, last);
        if (events.length === perRead) next = 0;
      }
    } catch (error) {
      logger.warn('reading the events of the installation failed; trying again', { error });
      next = afterTroubleMs;
    }
    if (watchers.size > 0) plan(next);
  };
  return {
    watch: (after, onEvents) => {
      const watcher: Watcher = { position: after, busy: false, onEvents };
      watchers.add(watcher);
      plan(0);
      return () => {
        watchers.delete(watcher);
      };
    },
    close: () => {
      watchers.clear();
      clearTimeout(timer);
    },
  };
}

const lowest = (watchers: readonly Watcher[]): string | null =>
  watchers.reduce<string | null>(
    (low, { position }) => (low === null || compareStreamIds(position, low) < 0 ? position : low),
    null,
  );

/** One that cannot take more now is left out of the next looks; what it missed comes after that. */
function hand(watcher: Watcher, events: readonly OpsEventRecord[], last: string): void {
  const news = events.filter(({ id }) => compareStreamIds(id, watcher.position) > 0);
  if (compareStreamIds(last, watcher.position) > 0) watcher.position = last;
  if (news.length === 0) return;
  watcher.busy = true;
  const free = (): void => {
    watcher.busy = false;
  };
  watcher.onEvents(news).then(free, free);
}
