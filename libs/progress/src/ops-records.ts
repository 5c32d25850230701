import type { Redis } from 'ioredis';
import { keys } from './keys.js';

const healthKept = 1_000;

/** What people on call read: health reports. */
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
}
