import type { Redis } from 'ioredis';
import { keys } from './keys.js';

const healthKept = 1_000;
const deadLettersKept = 10_000;

export interface DeadLetter {
  queue: string;
  reason: string;
  messageId: string;
  batchId: string | null;
  fileIdx: number | null;
  /** headers as JSON text */
  headers: string;
  body: string;
}

/** What people on call read: health reports and dead letters. */
export class OpsRecords {
  constructor(private readonly redis: Redis) {}

  async saveHealth(report: unknown): Promise<void> {
    await this.redis.lpush(keys.health(), JSON.stringify(report));
    await this.redis.ltrim(keys.health(), 0, healthKept - 1);
  }

  async lastHealth(): Promise<unknown> {
    return (await this.healthHistory(1))[0] ?? null;
  }

  /** Newest first. */
  async healthHistory(limit: number): Promise<unknown[]> {
    return (await this.redis.lrange(keys.health(), 0, limit - 1)).map((text): unknown => JSON.parse(text));
  }

  /** @returns the id of the dead letter */
  async addDeadLetter(letter: DeadLetter): Promise<string> {
    const fields = Object.entries(letter).flatMap(([name, value]) =>
      value === null ? [] : [name, String(value)],
    );
    const id = await this.redis.xadd(keys.deadLetters(), 'MAXLEN', '~', deadLettersKept, '*', ...fields);
    if (id === null) throw new Error('Redis gave the dead letter no id');
    return id;
  }
}
