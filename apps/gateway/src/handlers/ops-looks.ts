import { Failure } from '@image2model/contracts';
import type { Backlog, BacklogView, HeartbeatRecord, Progress } from '@image2model/progress';
import { coalescedLook } from '../domain/coalesced-look.js';
import { knownQueues, type QueueDepth, type QueueDepths } from '../domain/queue-view.js';

/** What watching the installation needs of the broker. */
export interface QueueAsker {
  depth(queue: string): Promise<QueueDepth>;
}

/** Looks at the installation that are shared: however many operators and pages ask, each costs the same. */
export interface OpsLooks {
  /** @throws Failure dependency while the broker does not answer */
  depths(): Promise<QueueDepths>;
  fleet(): Promise<HeartbeatRecord[]>;
  backlog(): Promise<BacklogView>;
}

const freshMs = 1_000;

export function createOpsLooks({
  broker,
  fleet,
  backlog,
}: {
  broker: QueueAsker;
  fleet: Pick<Progress['fleet'], 'heartbeats'>;
  backlog: Pick<Backlog, 'look'>;
}): OpsLooks {
  const depths = async (): Promise<QueueDepths> => {
    const found = new Map<string, QueueDepth>();
    // one by one: while the broker does not answer, nobody waits for more than one question
    for (const { name } of knownQueues) found.set(name, await depthOf(broker, name));
    return found;
  };
  return {
    depths: coalescedLook(depths, freshMs),
    fleet: coalescedLook(() => fleet.heartbeats(), freshMs),
    backlog: coalescedLook(() => backlog.look(), freshMs),
  };
}

/** A queue that somebody deleted is empty until a service asserts it anew. */
async function depthOf(broker: QueueAsker, name: string): Promise<QueueDepth> {
  try {
    return await broker.depth(name);
  } catch (error) {
    if (error instanceof Failure && error.code === 'dependency.queue_missing')
      return { ready: 0, consumers: 0 };
    throw error;
  }
}
