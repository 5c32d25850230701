import { opsEventTypes, type OpsEventType } from '@image2model/contracts';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { keys } from './keys.js';

const eventsKept = 10_000;
const longestText = 500;

type Detail = string | number | boolean | null;

/** A coarse thing that happened, for whoever operates the installation. */
export interface OpsEventInput {
  /** the instance, or `key:<id>` of an operator; null: nobody in particular */
  by: string | null;
  /** for people; cut at 500 characters, never with a secret in it */
  message: string;
  /** for programs; the names are in snake_case */
  details?: Readonly<Record<Lowercase<string>, Detail>>;
}
export interface OpsEventRecord {
  /** stream id: the same for all readers */
  id: string;
  type: OpsEventType;
  atMs: number;
  by: string | null;
  message: string;
  details: Record<string, Detail>;
}

const entrySchema = z.object({
  t: z.enum(opsEventTypes),
  by: z.string().optional(),
  m: z.string(),
  d: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))),
});

/** The feed of the installation: what was started, stopped, paused, purged, completed. The last 10,000. */
export class OpsEvents {
  constructor(private readonly redis: Redis) {}

  /** Never throws: what happened has happened, whether it can be told or not. @returns whether it is kept */
  async add(type: OpsEventType, { by, message, details = {} }: OpsEventInput): Promise<boolean> {
    const fields = ['t', type, 'm', message.slice(0, longestText), 'd', JSON.stringify(shortened(details))];
    if (by !== null) fields.push('by', by.slice(0, longestText));
    try {
      await this.redis.xadd(keys.opsEvents(), 'MAXLEN', '~', eventsKept, '*', ...fields);
      return true;
    } catch {
      return false;
    }
  }

  /** The next ones after an id, oldest first; `last` goes on even over entries that this version does not know. */
  async read(afterId: string, count: number): Promise<{ events: OpsEventRecord[]; last: string }> {
    const entries = await this.redis.xrange(keys.opsEvents(), `(${afterId}`, '+', 'COUNT', count);
    return { events: entries.flatMap(parsed), last: entries.at(-1)?.[0] ?? afterId };
  }

  /** The latest ones, oldest first. */
  async tail(count: number): Promise<{ events: OpsEventRecord[]; last: string }> {
    const entries = await this.redis.xrevrange(keys.opsEvents(), '+', '-', 'COUNT', count);
    return { events: entries.reverse().flatMap(parsed), last: entries.at(-1)?.[0] ?? '0-0' };
  }

  /** For clean-up. @returns how many went, about */
  async trim(olderThanMs: number): Promise<number> {
    return this.redis.xtrim(keys.opsEvents(), 'MINID', '~', `${Math.max(0, Math.floor(olderThanMs))}-0`);
  }
}

const shortened = (details: Readonly<Record<string, Detail>>): Record<string, Detail> =>
  Object.fromEntries(
    Object.entries(details).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.slice(0, longestText) : value,
    ]),
  );

/** None for an entry of another version. */
function parsed([id, flat]: [string, string[]]): OpsEventRecord[] {
  const fields = Object.fromEntries(
    flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? '']] : [])),
  );
  try {
    const { t: type, by = null, m: message, d: details } = entrySchema.parse(fields);
    return [{ id, type, atMs: Number(id.split('-')[0]), by, message, details }];
  } catch {
    return [];
  }
}
