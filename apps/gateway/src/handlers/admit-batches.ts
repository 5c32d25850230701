import type { Broker } from '@image2model/broker';
import type { Progress } from '@image2model/progress';
import type { Storage } from '@image2model/storage';
import { unavailable } from '../domain/http-problem.js';

interface Parts {
  broker: Pick<Broker, 'state'>;
  fleet: Pick<Progress['fleet'], 'ping' | 'serverInfo'>;
  storage: Pick<Storage, 'freeBytes'>;
  minFreeBytes: number;
  stopping: AbortSignal;
}

/** Whether a batch can be taken now. */
export interface Admission {
  /** Before anything of a batch is read. @throws HttpProblem 503 with Retry-After */
  check(announcedBytes: number | null): Promise<void>;
  /** While an upload goes on. @throws HttpProblem 503 when the disk fills up */
  checkDisk(more?: number): Promise<void>;
}

/** Share of Redis's memory above which nothing new is taken. */
const mostMemory = 0.8;
const memoryIsFreshMs = 5_000;
const diskIsFreshMs = 500;

/** Says no early: while the broker, Redis or the disk could not keep what a 202 promises. */
export function createAdmission({ broker, fleet, storage, minFreeBytes, stopping }: Parts): Admission {
  const memory = remembered(memoryIsFreshMs, async () => memoryShare(await fleet.serverInfo()));
  const disk = remembered(diskIsFreshMs, () => storage.freeBytes());
  const checkDisk = async (more = 0): Promise<void> => {
    const free = await disk();
    if (free !== null && free - more < minFreeBytes) throw unavailable('The disk is nearly full.', 60);
  };
  return {
    checkDisk,
    check: async (announcedBytes) => {
      if (stopping.aborted) throw unavailable('The service is stopping.', 1);
      const { connected, blocked } = broker.state;
      if (!connected || blocked) throw unavailable('The message broker takes nothing now.', 30);
      const [share] = await Promise.all([memory(), fleet.ping(), checkDisk(announcedBytes ?? 0)]);
      if (share > mostMemory) throw unavailable('The memory of Redis is nearly full.', 30);
    },
  };
}

/** Asks again only when the last answer is old. */
function remembered<T>(freshMs: number, ask: () => Promise<T>): () => Promise<T> {
  let last: { at: number; value: T } | undefined;
  return async () => {
    if (last === undefined || performance.now() - last.at > freshMs)
      last = { value: await ask(), at: performance.now() };
    return last.value;
  };
}

/** 0–1; 0 where Redis has no limit. */
function memoryShare(info: Readonly<Record<string, string>>): number {
  const most = Number(info['maxmemory'] ?? 0);
  return most > 0 ? Number(info['used_memory'] ?? 0) / most : 0;
}
