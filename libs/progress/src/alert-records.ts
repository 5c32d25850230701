import { alertChannels, alertSend, alertDeliver, severities } from '@image2model/contracts';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { alertsChannel, keys } from './keys.js';

const recordLifeS = 30 * 24 * 3_600;
const deliveryMemoryS = 7 * 24 * 3_600;
const countLifeS = 26 * 3_600;
/** What nobody takes out any more; the oldest go first. */
const outboxKept = 1_000;

/** What people were told of one trouble. Times in ms since 1970. */
export const alertRecordSchema = z.object({
  state: z.enum([...severities, 'resolved']),
  channels: z.array(z.enum(alertChannels)),
  /** the latest alert that was taken into account, and when that happened */
  lastId: z.string(),
  occurredAtMs: z.number(),
  /** when people were told last */
  toldAtMs: z.number(),
  /** how often the same was kept back since */
  keptBack: z.number(),
});
export type AlertRecord = z.output<typeof alertRecordSchema>;

const outboxRowSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('alert'), id: z.string(), occurredAt: z.string(), payload: alertSend.payload }),
  z.object({ kind: z.literal('delivery'), id: z.string(), payload: alertDeliver.payload }),
]);
/** What cannot travel through RabbitMQ now: an alert, or what one channel is to be told. */
export type AlertOutboxRow = z.output<typeof outboxRowSchema>;

/** The alert service's memory, and the way to it while RabbitMQ is away. Every method rejects while Redis is away. */
export class AlertRecords {
  constructor(private readonly redis: Redis) {}

  /** @returns null when nothing is known of it; forgotten 30 days after the last change */
  async read(fingerprint: string): Promise<AlertRecord | null> {
    const text = await this.redis.get(keys.alertRecord(fingerprint));
    return text === null ? null : parsed(alertRecordSchema, text);
  }

  async write(fingerprint: string, record: AlertRecord): Promise<void> {
    await this.redis.set(keys.alertRecord(fingerprint), JSON.stringify(record), 'EX', recordLifeS);
  }

  /** Before a channel is told. `busy`: somebody does it, for at most `leaseMs`. */
  async beginDelivery(id: string, leaseMs: number): Promise<'go' | 'busy' | 'done'> {
    const key = keys.effect(id);
    if ((await this.redis.set(key, 'under-way', 'PX', leaseMs, 'NX')) === 'OK') return 'go';
    return (await this.redis.get(key)) === 'done' ? 'done' : 'busy';
  }

  /** After it: told, and remembered for 7 days; or not, and another try may begin. */
  async endDelivery(id: string, told: boolean): Promise<void> {
    if (told) await this.redis.set(keys.effect(id), 'done', 'EX', deliveryMemoryS);
    else await this.redis.del(keys.effect(id));
  }

  /** Counts in the hour of a channel that begins at `hourMs`. @returns the count with this one */
  async count(channel: string, hourMs: number, what: 'told' | 'kept'): Promise<number> {
    const key = keys.alertCount(channel, hourMs);
    const count = await this.redis.hincrby(key, what, 1);
    if (count === 1) await this.redis.expire(key, countLifeS);
    return count;
  }

  async keptBack(channel: string, hourMs: number): Promise<number> {
    return Number((await this.redis.hget(keys.alertCount(channel, hourMs), 'kept')) ?? 0);
  }

  /** For whoever cannot publish an alert: the alert service takes it from here at once. */
  async post(row: AlertOutboxRow): Promise<void> {
    await this.redis.xadd(keys.alertOutbox(), 'MAXLEN', '~', outboxKept, '*', 'row', JSON.stringify(row));
    await this.redis.publish(alertsChannel, row.id);
  }

  /** The oldest first; rows of another version are removed. They stay until they are taken out. */
  async posted(count: number): Promise<{ key: string; row: AlertOutboxRow }[]> {
    const entries = await this.redis.xrange(keys.alertOutbox(), '-', '+', 'COUNT', count);
    const rows = entries.map(([key, fields]) => ({ key, row: parsed(outboxRowSchema, fields[1] ?? '') }));
    await this.takeOut(rows.filter(({ row }) => row === null).map(({ key }) => key));
    return rows.flatMap(({ key, row }) => (row === null ? [] : [{ key, row }]));
  }

  async takeOut(entries: readonly string[]): Promise<void> {
    if (entries.length > 0) await this.redis.xdel(keys.alertOutbox(), ...entries);
  }

  /** Calls `listener` when something was posted, and after each (re)connection. @param subscriber its own connection */
  async onPosted(subscriber: Redis, listener: () => void): Promise<void> {
    subscriber.on('message', listener);
    subscriber.on('ready', listener);
    await subscriber.subscribe(alertsChannel);
  }
}

/** Null for what this version does not understand. */
function parsed<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
