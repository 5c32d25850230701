import { z } from 'zod';
import { lanes } from '../lanes.js';
import { services } from '../topology.js';
import { count, pausedSchema } from './ops-common.js';

const perSecond = z.number().nonnegative();

/** A queue of the topology as it is now. What only the services know (unacked, rates) is as old as their heartbeats: 5 s. */
export const opsQueueSchema = z
  .object({
    name: z.string(),
    service: z.enum(services),
    role: z.enum(['work', 'dead', 'delay']),
    task: z.string().nullable().meta({ description: 'Type of its messages.' }),
    ready: count,
    unacked: count,
    consumers: count,
    handled_per_second: perSecond.meta({ description: 'Messages that ended in the last half minute.' }),
    oldest_unacked_seconds: z.number().nullable(),
  })
  .meta({ id: 'OpsQueue' });
export type OpsQueue = z.output<typeof opsQueueSchema>;

export const opsQueueListSchema = z
  .object({ data: z.array(opsQueueSchema), next_cursor: z.null() })
  .meta({ id: 'OpsQueueList' });

export const purgedSchema = z.object({ queue: z.string(), purged: count }).meta({ id: 'Purged' });

export const opsLaneSchema = z
  .object({
    lane: z.enum(lanes),
    paused: pausedSchema,
    ready: count.nullable().meta({
      description: 'Files handed out and not taken; null while the message broker does not answer.',
    }),
    batches: count.meta({ description: 'With files that are not handed out yet.' }),
  })
  .meta({ id: 'OpsLane' });
export type OpsLane = z.output<typeof opsLaneSchema>;
export const opsLaneListSchema = z
  .object({ data: z.array(opsLaneSchema), next_cursor: z.null() })
  .meta({ id: 'OpsLaneList' });
