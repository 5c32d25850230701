import type { ActiveWork, QueueWork, WorkReport } from '@image2model/service-kit';
import type { QueueLoad } from './queue-consumer-options.js';
import type { Task } from './task.js';
import type { Worker } from './worker.js';

/** A queue and who works it off. */
export interface Consumed {
  readonly queue: string;
  readonly load: QueueLoad;
  readonly worker: Pick<Worker, 'type' | 'tasks' | 'ended'>;
}

/** What a process works on: looks at no more deliveries than it names. @param mostActive so many of them are named */
export function reportWork(consumed: readonly Consumed[], mostActive: number): WorkReport {
  const now = performance.now();
  const nowMs = Date.now();
  const oldest = consumed.flatMap(({ worker }) => first(worker.tasks, mostActive));
  oldest.sort((a, b) => a.startedAt - b.startedAt);
  const handled: Record<string, number> = {};
  for (const { worker } of consumed)
    for (const [outcome, times] of Object.entries(worker.ended))
      if (worker.type !== null && times > 0) {
        const name = `${worker.type}:${outcome}`;
        handled[name] = (handled[name] ?? 0) + times;
      }
  return {
    queues: consumed.map((one) => queueWork(one, now)),
    active: oldest.slice(0, mostActive).map((task): ActiveWork => task.describe(now, nowMs)),
    handled,
  };
}

function queueWork({ queue, load, worker }: Consumed, now: number): QueueWork {
  const [oldest] = first(worker.tasks, 1);
  return {
    queue,
    task: worker.type,
    ...load,
    handled: Object.values(worker.ended).reduce((sum, times) => sum + times, 0),
    oldestUnackedMs: oldest === undefined ? null : Math.round(now - oldest.startedAt),
  };
}

/** A set keeps the order in which its members came. */
function first(tasks: ReadonlySet<Task>, most: number): Task[] {
  const found: Task[] = [];
  for (const task of tasks) {
    if (found.length >= most) break;
    found.push(task);
  }
  return found;
}
