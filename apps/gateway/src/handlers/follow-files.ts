import type { Fact, FactFeed, OpsEventRecord, Progress } from '@image2model/progress';
import type { Logger } from '@image2model/service-kit';
import { fileFactText } from '../domain/ops-event-view.js';

export interface FollowingParts {
  feed: Pick<FactFeed, 'watch'>;
  fleet: Pick<Progress['fleet'], 'serverTimeMs'>;
  opsViews: Pick<Progress['opsViews'], 'liveBatches'>;
  logger: Pick<Logger, 'warn'>;
}

/** The facts of the files of all live batches, for one client. */
export interface FileFollower {
  /** Batches that these events tell of are followed from their beginning. */
  hear(events: readonly OpsEventRecord[]): void;
  close(): void;
}

const lookEveryMs = 5_000;
/** Beyond that the others wait until one of these has ended. */
const mostFollowed = 200;

export async function followFiles(
  { feed, fleet, opsViews, logger }: FollowingParts,
  write: (text: string) => Promise<void>,
): Promise<FileFollower> {
  const followed = new Map<string, () => void>();
  const ended = new Map<string, string>();
  let absent: ReadonlySet<string> = new Set();
  const begin = `${await fleet.serverTimeMs()}-0`;

  const stop = (id: string): void => {
    followed.get(id)?.();
    followed.delete(id);
  };
  const follow = (id: string, from: string): void => {
    if (followed.has(id) || followed.size >= mostFollowed) return;
    followed.set(
      id,
      feed.watch(id, from, async (facts) => {
        const end = facts.findLast(({ event }) => event === 'batch.completed');
        if (end !== undefined) {
          remember(ended, id, end.id);
          stop(id);
        }
        const text = facts
          .filter(isOfFile)
          .map((fact) => fileFactText(id, fact))
          .join('');
        if (text !== '') await write(text);
      }),
    );
  };
  const look = async (): Promise<void> => {
    const live = new Set((await opsViews.liveBatches(null, mostFollowed)).map(({ id }) => id));
    // what is missing twice, and never told its end, is gone; a full page says nothing of those behind it
    const missing = live.size < mostFollowed ? [...followed.keys()].filter((id) => !live.has(id)) : [];
    for (const id of missing) if (absent.has(id)) stop(id);
    absent = new Set(missing);
    for (const id of live) follow(id, ended.get(id) ?? begin);
  };
  const timer = setInterval(
    () => void look().catch((error: unknown) => logger.warn('live batches cannot be read', { error })),
    lookEveryMs,
  );
  const follower: FileFollower = {
    hear: (events) => {
      for (const { type, details } of events)
        if (type === 'batch.accepted' && typeof details['batch_id'] === 'string')
          follow(details['batch_id'], ended.get(details['batch_id']) ?? '0-0');
    },
    close: () => {
      clearInterval(timer);
      for (const id of [...followed.keys()]) stop(id);
    },
  };
  await look();
  return follower;
}

/** The end of a batch is an event of the installation. */
const isOfFile = ({ event }: Fact): boolean => event !== 'batch.completed';

const mostRemembered = 1_000;

function remember(ended: Map<string, string>, id: string, at: string): void {
  ended.set(id, at);
  const [oldest] = ended.keys();
  if (ended.size > mostRemembered && oldest !== undefined) ended.delete(oldest);
}
