import { maintenanceJobs, type MaintenanceJob } from '@image2model/contracts';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { keys } from './keys.js';

const rowSchema = z.object({
  job: z.enum(maintenanceJobs),
  /** `every 600 s`, a cron expression (UTC) or `on demand` */
  when: z.string(),
  /** 0–10, of the message that asks for it */
  priority: z.int(),
  nextRunMs: z.number().nullable(),
});
/** One row of the timetable, as a maintenance worker goes by it. */
export type ScheduleRow = z.output<typeof rowSchema>;
const publishedSchema = rowSchema.extend({ publishedAtMs: z.number() });

const runSchema = z.object({
  atMs: z.number(),
  tookMs: z.number(),
  outcome: z.enum(['done', 'failed']),
  /** for people: figures, or what went wrong */
  detail: z.string(),
  /** instance that ran it */
  by: z.string(),
});
/** The last run of a job. */
export type ScheduleRun = z.output<typeof runSchema>;
export type Scheduled = ScheduleRow & { lastRun: ScheduleRun | null };

/** A timetable that nobody published for so long is nobody's: no next run may be promised. */
const freshMs = 60_000;
const longestDetail = 500;

/** When the jobs of maintenance run, and ran: what the maintenance workers write and the ops API shows. */
export class Schedules {
  constructor(private readonly redis: Redis) {}

  /** The timetable of the caller; every maintenance worker publishes the same, several times a minute. */
  async publish(rows: readonly ScheduleRow[], nowMs: number = Date.now()): Promise<void> {
    const fields = rows.flatMap((row) => [row.job, JSON.stringify({ ...row, publishedAtMs: nowMs })]);
    if (fields.length > 0) await this.redis.hset(keys.schedules(), ...fields);
  }

  async noteRun(job: MaintenanceJob, run: ScheduleRun): Promise<void> {
    const row = { ...run, detail: run.detail.slice(0, longestDetail) };
    await this.redis.hset(keys.scheduleRuns(), job, JSON.stringify(row));
  }

  /** In the order of the jobs' names in the contracts. `nextRunMs` is null while no maintenance worker lives. */
  async list(nowMs: number = Date.now()): Promise<Scheduled[]> {
    const [rows, runs] = await Promise.all([
      this.redis.hgetall(keys.schedules()),
      this.redis.hgetall(keys.scheduleRuns()),
    ]);
    return maintenanceJobs.flatMap((job) => {
      const row = parsed(publishedSchema, rows[job]);
      if (row === undefined) return [];
      const { publishedAtMs, ...shown } = row;
      const nextRunMs = nowMs - publishedAtMs > freshMs ? null : shown.nextRunMs;
      return [{ ...shown, nextRunMs, lastRun: parsed(runSchema, runs[job]) ?? null }];
    });
  }
}

/** A row that another version wrote, and this one does not know, counts as absent. */
function parsed<T>(schema: z.ZodType<T>, text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
