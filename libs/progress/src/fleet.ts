import type { Redis } from 'ioredis';
import { z } from 'zod';
import { defineScript, runScript } from './define-script.js';
import { keys } from './keys.js';
import holdLua from './scripts/hold-lease.lua';
import type { Heartbeat, HeartbeatRecord } from './types.js';

const holdScript = defineScript('hold_lease', holdLua, 'none');
const heartbeatLifeMs = 30_000;
const effectMemoryS = 7 * 24 * 3600;
const heartbeatSchema = z.object({
  service: z.string(),
  instance: z.string(),
  pid: z.number(),
  startedAtMs: z.number(),
  slots: z.number(),
  active: z.number(),
  version: z.string(),
  seenAtMs: z.number(),
});

/** What processes know of each other: heartbeats, leases, elections, effects that happened. */
export class Fleet {
  constructor(private readonly redis: Redis) {}

  async ping(): Promise<void> {
    await this.redis.ping();
  }

  /** Redis's clock, ms: schedules do not depend on the clocks of the machines. */
  async serverTimeMs(): Promise<number> {
    const [seconds, micros] = (await this.redis.time()).map(Number);
    return (seconds ?? 0) * 1000 + Math.floor((micros ?? 0) / 1000);
  }

  /** INFO as a flat record. */
  async serverInfo(): Promise<Record<string, string>> {
    const lines = (await this.redis.info()).split('\r\n').filter((line) => line.includes(':'));
    return Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
    );
  }

  /** Says that this process lives; forgotten after 30 s. */
  async beat(heartbeat: Heartbeat): Promise<void> {
    await this.redis.hset(
      keys.heartbeats(),
      heartbeat.instance,
      JSON.stringify({ ...heartbeat, seenAtMs: await this.serverTimeMs() }),
    );
  }

  /** A process that stops in order is not missed. */
  async leave(instance: string): Promise<void> {
    await this.redis.hdel(keys.heartbeats(), instance);
  }

  /** Live processes; entries of dead ones are removed on the way. */
  async heartbeats(): Promise<HeartbeatRecord[]> {
    const [rows, now] = await Promise.all([this.redis.hgetall(keys.heartbeats()), this.serverTimeMs()]);
    const all = Object.values(rows).map((text) => heartbeatSchema.parse(JSON.parse(text)));
    const dead = all
      .filter(({ seenAtMs }) => now - seenAtMs > heartbeatLifeMs)
      .map(({ instance }) => instance);
    if (dead.length > 0) await this.redis.hdel(keys.heartbeats(), ...dead);
    return all.filter(({ instance }) => !dead.includes(instance));
  }

  /** Takes or keeps a lease that one process at a time holds. An optimisation: correctness never depends on it. */
  async holdLease(name: string, holder: string, ms: number): Promise<boolean> {
    return (await runScript(this.redis, holdScript, [keys.lease(name)], [holder, ms])) === 1;
  }

  async dropLease(name: string, holder: string): Promise<void> {
    await runScript(this.redis, holdScript, [keys.lease(name)], [holder, 0]);
  }

  /** True for exactly one caller per key. */
  async elect(key: string, instance: string, ttlMs: number): Promise<boolean> {
    return (await this.redis.set(keys.election(key), instance, 'PX', ttlMs, 'NX')) === 'OK';
  }

  /** Before an effect outside: false when it was done, or is under way elsewhere for at most `leaseMs`. */
  async claimEffect(id: string, leaseMs: number): Promise<boolean> {
    return (await this.redis.set(keys.effect(id), 'under-way', 'PX', leaseMs, 'NX')) === 'OK';
  }

  /** After it: remembered for `seconds` (default 7 days). */
  async effectDone(id: string, seconds: number = effectMemoryS): Promise<void> {
    await this.redis.set(keys.effect(id), 'done', 'EX', seconds);
  }

  /** The effect failed: another try may claim it. */
  async releaseEffect(id: string): Promise<void> {
    await this.redis.del(keys.effect(id));
  }
}
