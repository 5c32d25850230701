import { services, type Lane, type ServiceName } from '@image2model/contracts';
import type { Redis } from 'ioredis';
import { keys, ordersChannel } from './keys.js';
import {
  orderFields,
  parseOrders,
  type DrainOrder,
  type LogLevelOrder,
  type OrderBook,
  type PausedLane,
} from './order-book.js';

/**
 * What operators order the processes to do. Orders live in Redis until they are taken back or done; processes hear of
 * them at once, and look at them with each heartbeat in case they did not.
 */
export class Orders {
  constructor(
    private readonly redis: Redis,
    private readonly nowMs: () => Promise<number>,
  ) {}

  /** Everything in force. */
  async read(): Promise<OrderBook> {
    return parseOrders(await this.redis.hgetall(keys.orders()));
  }

  /** `restart`: it ends when nothing is in its hands; `idle`: it stays and takes nothing. @returns false when no such process lives */
  async drain(instance: string, { then, by }: { then: DrainOrder['then']; by: string }): Promise<boolean> {
    if ((await this.redis.hexists(keys.heartbeats(), instance)) === 0) return false;
    await this.write(orderFields.drain(instance), { then, by, atMs: await this.nowMs() });
    return true;
  }

  /** An idle process takes work again. @returns false when it was not told to drain */
  async resume(instance: string): Promise<boolean> {
    return this.erase(orderFields.drain(instance));
  }

  /** `default`: as configured. Without a service: all of them, whatever was said to one of them before. */
  async setLogLevel(order: {
    level: LogLevelOrder['level'] | 'default';
    service?: ServiceName | undefined;
    minutes: number;
    by: string;
  }): Promise<void> {
    const { level, service, minutes, by } = order;
    const field = orderFields.logLevel(service ?? 'all');
    const said = service === undefined ? [...services, 'all' as const].map(orderFields.logLevel) : [field];
    if (level === 'default') return void (await this.erase(...said));
    if (service === undefined) await this.redis.hdel(keys.orders(), ...said);
    await this.write(field, { level, untilMs: (await this.nowMs()) + minutes * 60_000, by });
  }

  /** Nothing of it is handed out or begun until it is resumed, whoever restarts meanwhile. */
  async pauseLane(lane: Lane, { detail, by }: { detail: string; by: string }): Promise<void> {
    await this.write(orderFields.lane(lane), { detail, by, sinceMs: await this.nowMs() });
  }

  /** @returns false when it was not paused */
  async resumeLane(lane: Lane): Promise<boolean> {
    return this.erase(orderFields.lane(lane));
  }

  async pausedLanes(): Promise<ReadonlyMap<Lane, PausedLane>> {
    return (await this.read()).lanes;
  }

  /** @param subscriber a connection of its own: a subscribed one can do nothing else */
  async onChange(subscriber: Redis, listener: () => void): Promise<void> {
    subscriber.on('message', listener);
    await subscriber.subscribe(ordersChannel);
  }

  private async write(field: string, order: DrainOrder | LogLevelOrder | PausedLane): Promise<void> {
    await this.redis.hset(keys.orders(), field, JSON.stringify(order));
    await this.redis.publish(ordersChannel, field);
  }

  private async erase(...fields: string[]): Promise<boolean> {
    const erased = (await this.redis.hdel(keys.orders(), ...fields)) > 0;
    if (erased) await this.redis.publish(ordersChannel, fields.join(' '));
    return erased;
  }
}
