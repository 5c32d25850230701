import { z } from 'zod';
import { services } from '../topology.js';
import { timestampSchema } from './batch.js';
import { confirmSchema, count } from './ops-common.js';

export const workerStates = ['running', 'draining', 'drained', 'recycling'] as const;

/** A message in work at a process. */
export const activeTaskSchema = z
  .object({
    task: z.string(),
    queue: z.string(),
    message_id: z.string(),
    batch_id: z.string().nullable(),
    file_idx: count.nullable(),
    since: timestampSchema,
    resting: z.boolean().meta({ description: 'It only waits: for a slot or for its generation.' }),
  })
  .meta({ id: 'ActiveTask' });
export type ActiveTask = z.output<typeof activeTaskSchema>;

export const registeredTaskSchema = z
  .object({ task: z.string(), queue: z.string(), prefetch: count, prefetch_most: count, rest_most: count })
  .meta({ id: 'RegisteredTask' });

/** A process of the system, of whichever service, as it last said of itself. */
export const opsWorkerSchema = z
  .object({
    id: z.string().meta({ description: 'The instance: new at every start.' }),
    service: z.enum(services),
    state: z.enum(workerStates),
    version: z.string(),
    host: z.string(),
    pid: count,
    started_at: timestampSchema,
    seen_at: timestampSchema,
    log_level: z.string(),
    slots: count,
    active: z.array(activeTaskSchema).meta({ description: 'At most 100, the oldest first.' }),
    active_count: count,
    reserved_count: count.meta({ description: 'Deliveries that are not acknowledged and not in work.' }),
    registered: z.array(registeredTaskSchema),
    stats: z.object({
      handled: z
        .record(z.string(), count)
        .meta({ description: 'By task and how it ended: `model.generate:done`.' }),
      rss_mb: z.number(),
      cpu_percent: z.number(),
      loop_delay_ms: z.number().meta({ description: 'Of the event loop, the worst of the last 5 s.' }),
      clock_skew_ms: z.number().meta({ description: "Own clock beside Redis's." }),
    }),
    config: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
      .meta({ description: 'Its configuration; secrets are only said to be set.' }),
  })
  .meta({ id: 'OpsWorker' });
export type OpsWorker = z.output<typeof opsWorkerSchema>;

export const opsWorkerListSchema = z
  .object({ data: z.array(opsWorkerSchema), next_cursor: z.null() })
  .meta({ id: 'OpsWorkerList' });

export const drainWorkerSchema = z
  .strictObject({
    confirm: confirmSchema,
    then: z.enum(['restart', 'idle']).default('restart').meta({
      description:
        'restart: it ends when nothing is in its hands, and is started again; idle: it stays and takes nothing.',
    }),
  })
  .meta({ id: 'DrainWorker' });

export const logLevels = ['error', 'warn', 'info', 'debug'] as const;
export const logLevelSchema = z
  .strictObject({
    level: z.enum([...logLevels, 'default']).meta({ description: 'default: as configured.' }),
    service: z.enum(services).optional().meta({ description: 'Without it all services.' }),
    minutes: z.int().min(1).max(1_440).default(60).meta({ description: 'Then it is as configured again.' }),
  })
  .meta({ id: 'LogLevel' });

/** What the services log at now. */
export const logLevelSetSchema = z
  .object({
    level: logLevelSchema.shape.level,
    service: z.enum(services).nullable().meta({ description: 'null: all services.' }),
    until: timestampSchema.nullable().meta({ description: 'null: it is as configured.' }),
  })
  .meta({ id: 'LogLevelSet' });
