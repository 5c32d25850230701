import type { Redis } from 'ioredis';
import { z } from 'zod';
import { defineScript, runScript } from './define-script.js';
import { keys } from './keys.js';
import { orderFields, parseOrders, type OrderBook } from './order-book.js';
import holdLua from './scripts/hold-lease.lua';
import type { Heartbeat, HeartbeatRecord } from './types.js';
import {
  aboutSchema,
  emptyReport,
  workerReportSchema,
  type About,
  type WorkerReport,
} from './worker-report.js';

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

/** What a heartbeat brings back. */
export interface BeatAnswer {
  orders: OrderBook;
  /** Redis's clock */
  atMs: number;
  /** how far the clock of this machine is ahead of it; half the way to Redis is taken off */
  clockSkewMs: number;
  /** nobody knew this process, or the others thought that it was gone */
  isNew: boolean;
}

/** What processes know of each other: heartbeats, leases, elections, effects that happened. */
export class Fleet {
  /** Redis's clock at a moment of this process's own, which no change of the machine's clock moves. */
  private clock: { redisMs: number; atMs: number } | undefined;

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

  /** Says that this process lives, and what it does; forgotten after 30 s. One round trip of four commands. */
  async beat(heartbeat: Heartbeat, report: WorkerReport = emptyReport): Promise<BeatAnswer> {
    const clock = (this.clock ??= { redisMs: await this.serverTimeMs(), atMs: performance.now() });
    const sentAt = performance.now();
    const sentAtMs = Date.now();
    const seenAtMs = Math.round(clock.redisMs + sentAt - clock.atMs);
    const [redisMs, orders, added] = await Promise.all([
      this.serverTimeMs(),
      this.redis.hgetall(keys.orders()),
      this.redis.hset(keys.heartbeats(), heartbeat.instance, JSON.stringify({ ...heartbeat, seenAtMs })),
      this.redis.hset(keys.reports(), heartbeat.instance, JSON.stringify(report)),
    ]);
    const tookMs = performance.now() - sentAt;
    this.clock = { redisMs, atMs: sentAt + tookMs / 2 };
    const clockSkewMs = Math.round(sentAtMs + tookMs / 2 - redisMs);
    return { orders: parseOrders(orders), atMs: redisMs, clockSkewMs, isNew: added === 1 };
  }

  /** Once at the start: what does not change. */
  async introduce(instance: string, about: About): Promise<void> {
    await this.redis.hset(keys.abouts(), instance, JSON.stringify(about));
  }

  /** A process that stops in order is not missed. */
  async leave(instance: string): Promise<void> {
    await this.forget([instance]);
  }

  /** Live processes with what they last reported; entries of dead ones are removed on the way. */
  async heartbeats(): Promise<HeartbeatRecord[]> {
    const [live, reports] = await Promise.all([this.live(), this.redis.hgetall(keys.reports())]);
    return live.map((beat) => ({ ...beat, report: reportOf(reports[beat.instance]) }));
  }

  /** The same without the reports: for who only counts. */
  async live(): Promise<Omit<HeartbeatRecord, 'report'>[]> {
    const [rows, now] = await Promise.all([this.redis.hgetall(keys.heartbeats()), this.serverTimeMs()]);
    const all = Object.values(rows).map((text) => heartbeatSchema.parse(JSON.parse(text)));
    const dead = all
      .filter(({ seenAtMs }) => now - seenAtMs > heartbeatLifeMs)
      .map(({ instance }) => instance);
    if (dead.length > 0) await this.forget(dead);
    return all.filter(({ instance }) => !dead.includes(instance));
  }

  /** What the processes said of themselves at their start, by instance. */
  async abouts(): Promise<Map<string, About>> {
    const rows = Object.entries(await this.redis.hgetall(keys.abouts()));
    return new Map(rows.map(([instance, text]) => [instance, aboutSchema.parse(JSON.parse(text))]));
  }

  private async forget(instances: string[]): Promise<void> {
    await Promise.all([
      this.redis.hdel(keys.heartbeats(), ...instances),
      this.redis.hdel(keys.reports(), ...instances),
      this.redis.hdel(keys.abouts(), ...instances),
      this.redis.hdel(keys.orders(), ...instances.map(orderFields.drain)),
    ]);
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

/** A report that is not there, or of a version that nobody here knows, says nothing. */
function reportOf(text: string | undefined): WorkerReport {
  return workerReportSchema.safeParse(text === undefined ? {} : JSON.parse(text)).data ?? emptyReport;
}
