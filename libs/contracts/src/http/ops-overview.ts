import { z } from 'zod';
import { services } from '../topology.js';
import { maintenanceJobs } from '../messages/maintenance-run.js';
import { timestampSchema } from './batch.js';
import { providerSchema } from './controls.js';
import { confirmSchema, count } from './ops-common.js';
import { opsLaneSchema } from './ops-queues.js';
import { limitSchema } from './page.js';

export const healthStatusNames = ['healthy', 'degraded', 'critical'] as const;

/** One health check. */
export const healthReportViewSchema = z
  .object({
    status: z.enum(healthStatusNames),
    checked_at: timestampSchema,
    reasons: z.array(
      z.object({ code: z.string(), severity: z.enum(['warning', 'critical']), message: z.string() }),
    ),
    facts: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'HealthReport' });
export type HealthReportView = z.output<typeof healthReportViewSchema>;
export const listHealthQuerySchema = z.object({ limit: limitSchema });
export const healthHistorySchema = z
  .object({ data: z.array(healthReportViewSchema), next_cursor: z.null() })
  .meta({ id: 'HealthHistory' });

/** One job of the timetable. */
export const scheduleViewSchema = z
  .object({
    job: z.enum(maintenanceJobs),
    when: z.string().meta({ description: '`every 600 s` or a cron expression, UTC.' }),
    next_run: timestampSchema.nullable(),
    last_run: z
      .object({
        at: timestampSchema,
        took_ms: count,
        outcome: z.enum(['done', 'failed']),
        detail: z.string(),
        by: z.string().meta({ description: 'Instance that ran it.' }),
      })
      .nullable(),
  })
  .meta({ id: 'Schedule' });
export type ScheduleView = z.output<typeof scheduleViewSchema>;
export const scheduleListSchema = z
  .object({ data: z.array(scheduleViewSchema), next_cursor: z.null() })
  .meta({ id: 'ScheduleList' });

/** The whole installation at one look. */
export const overviewSchema = z
  .object({
    at: timestampSchema,
    version: z.string(),
    health: healthReportViewSchema.nullable(),
    services: z.record(z.enum(services), z.object({ live: count, draining: count })),
    backlog: z.object({
      batches_active: count,
      files_pending: count,
      files_running: count,
      oldest_waiting_seconds: z.number().nullable().meta({ description: 'Since its batch was accepted.' }),
    }),
    queues: z
      .object({ ready: count, unacked: count, dead: count })
      .nullable()
      .meta({ description: 'null while the message broker does not answer.' }),
    dead_letters_open: count,
    lanes: z.array(opsLaneSchema),
    providers: z.array(providerSchema),
    handled_per_second: z.number(),
  })
  .meta({ id: 'Overview' });
export type Overview = z.output<typeof overviewSchema>;

/** Runs a job now. Emergency clean-up deletes results before their time. */
export const cleanUpSchema = z
  .strictObject({ confirm: confirmSchema, emergency: z.boolean().default(false) })
  .meta({ id: 'CleanUp' });
export const jobAskedSchema = z
  .object({ job: z.enum(maintenanceJobs), id: z.string().meta({ description: 'Of this run.' }) })
  .meta({ id: 'JobAsked' });

/** What happened, for whoever watches: the feed `GET /v1/ops/events` sends each as SSE `event: <type>`. */
export const opsEventTypes = [
  'batch.accepted',
  'batch.completed',
  'worker.started',
  'worker.stopped',
  'worker.draining',
  'worker.resumed',
  'worker.recycled',
  'dead-letter.added',
  'dead-letter.redriven',
  'dead-letter.discarded',
  'health.changed',
  'alert.sent',
  'alert.failed',
  'provider.parked',
  'provider.resumed',
  'lane.paused',
  'lane.resumed',
  'queue.purged',
  'log-level.changed',
  'clean-up.done',
  'delivery.failed',
  'endpoint.disabled',
] as const;
export type OpsEventType = (typeof opsEventTypes)[number];
export const opsEventSchema = z
  .object({
    at: timestampSchema,
    by: z.string().nullable().meta({ description: 'Instance, or `key:<id>` of an operator.' }),
    message: z.string().meta({ description: 'For people.' }),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  })
  .meta({ id: 'OpsEvent' });
export type OpsEvent = z.output<typeof opsEventSchema>;
export const opsEventsQuerySchema = z.object({
  files: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .meta({ description: 'Also what happens to the files of live batches, from now on.' }),
});
