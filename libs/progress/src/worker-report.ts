import { logLevels, workerStates } from '@image2model/contracts';
import { z } from 'zod';

const count = z.number().int().nonnegative();

const activeWorkSchema = z.object({
  task: z.string(),
  queue: z.string(),
  messageId: z.string(),
  batchId: z.string().nullable(),
  fileIdx: z.number().nullable(),
  sinceMs: z.number(),
  resting: z.boolean(),
});

const queueLoadSchema = z.object({
  queue: z.string(),
  prefetch: count,
  unacked: count,
  active: count,
  resting: count,
  paused: z.boolean(),
  /** over the last half minute */
  handledPerSecond: z.number(),
  oldestUnackedMs: z.number().nullable(),
});

/** What a process says of itself with every heartbeat; a field that an older version does not send gets its default. */
export const workerReportSchema = z.object({
  state: z.enum(workerStates).default('running'),
  logLevel: z.enum(logLevels).default('info'),
  /** at most 100, the oldest first */
  active: z.array(activeWorkSchema).default([]),
  /** deliveries in work, resting ones too */
  activeCount: count.default(0),
  /** deliveries that wait inside the process */
  reservedCount: count.default(0),
  queues: z.array(queueLoadSchema).default([]),
  /** since the start, by `<task>:<outcome>` */
  handled: z.record(z.string(), count).default({}),
  rssMb: z.number().default(0),
  /** since the last heartbeat; 100 = one processor */
  cpuPercent: z.number().default(0),
  /** the worst delay of the event loop since the last heartbeat */
  loopDelayMs: z.number().default(0),
  /** own clock minus Redis's */
  clockSkewMs: z.number().default(0),
});
export type WorkerReport = z.output<typeof workerReportSchema>;
export type WorkerState = WorkerReport['state'];
export type QueueLoad = z.output<typeof queueLoadSchema>;

/** Of a process that says nothing more than that it lives. */
export const emptyReport: WorkerReport = workerReportSchema.parse({});

/** What does not change while a process lives. */
export const aboutSchema = z.object({
  host: z.string(),
  registered: z.array(
    z.object({
      task: z.string(),
      queue: z.string(),
      prefetch: count,
      prefetchMost: count,
      restMost: count,
    }),
  ),
  /** as read from the environment; of secrets only whether they are set */
  config: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type About = z.output<typeof aboutSchema>;
