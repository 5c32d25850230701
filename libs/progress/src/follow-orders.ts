import { laneQueues, lanes, type Lane } from '@image2model/contracts';
import type { BaseConfig, ServiceContext } from '@image2model/service-kit';
import { noOrders, orderedLevel, type OrderBook } from './order-book.js';
import type { OpsEvents } from './ops-events.js';
import type { WorkerState } from './worker-report.js';

/** What takes the messages of a process; the broker library's Broker fits. */
export interface Steered {
  pause(queues: readonly string[]): Promise<void>;
  resume(queues: readonly string[]): Promise<void>;
  drain(): Promise<void>;
  undrain(): Promise<void>;
}

interface Parts {
  service: Pick<
    ServiceContext<BaseConfig>,
    'name' | 'instance' | 'config' | 'logger' | 'logLevel' | 'stopping' | 'stop'
  >;
  events: OpsEvents;
  /** The others are to hear of it soon. */
  onState: () => void;
}

interface Hooks {
  standStill?: () => Promise<void>;
  onLanes?: () => void;
}

/** Makes this process be as operators ordered; following the same orders again changes nothing. */
export class FollowOrders {
  private orders: OrderBook = noOrders;
  private broker: Steered | undefined;
  private hooks: Hooks = {};
  private readonly pausedLanes = new Set<Lane>();
  private now: Exclude<WorkerState, 'recycling'> = 'running';
  private changing: Promise<void> | undefined;
  /** Redis's clock at a moment of our own */
  private clock = { redisMs: Date.now(), atMs: performance.now() };

  constructor(private readonly parts: Parts) {}

  get book(): OrderBook {
    return this.orders;
  }

  get state(): WorkerState {
    return this.now;
  }

  /** The same, and a process that was told to stop drains. */
  get shownState(): WorkerState {
    return this.parts.service.stopping.aborted ? 'draining' : this.now;
  }

  async steer(broker: Steered, hooks: Hooks): Promise<void> {
    this.broker = broker;
    this.hooks = hooks;
    await this.followLanes();
  }

  async follow(book: OrderBook, redisMs: number): Promise<void> {
    this.orders = book;
    this.clock = { redisMs, atMs: performance.now() };
    this.look();
    await this.followLanes();
    this.followDrain();
  }

  /** What ends by its time needs no heartbeat. */
  look(): void {
    const { service } = this.parts;
    const nowMs = this.clock.redisMs + performance.now() - this.clock.atMs;
    const level = orderedLevel(this.orders, service.name, nowMs) ?? service.config.LOG_LEVEL;
    const before = service.logLevel.level;
    if (level === before) return;
    service.logLevel.level = level;
    service.logger.warn('log level changed', { from: before, to: level });
    this.parts.onState();
  }

  private async followLanes(): Promise<void> {
    const { broker, orders, pausedLanes, hooks } = this;
    if (broker === undefined) return;
    const changed = lanes.filter((lane) => orders.lanes.has(lane) !== pausedLanes.has(lane));
    if (changed.length === 0) return;
    const paused = changed.filter((lane) => orders.lanes.has(lane));
    const resumed = changed.filter((lane) => !orders.lanes.has(lane));
    for (const lane of paused) pausedLanes.add(lane);
    for (const lane of resumed) pausedLanes.delete(lane);
    hooks.onLanes?.();
    await Promise.all([broker.pause(queuesOf(paused)), broker.resume(queuesOf(resumed))]);
    this.parts.service.logger.info('lanes changed by an operator', { paused, resumed });
    this.parts.onState();
  }

  private followDrain(): void {
    const { service } = this.parts;
    if (this.broker === undefined || service.stopping.aborted) return;
    const order = this.orders.drains.get(service.instance);
    if (order?.then === 'restart') {
      this.tell('worker.draining', 'drains and ends', order.by);
      service.stop(`drained by ${order.by}`);
      return;
    }
    this.changing ??= this.becomeWanted(this.broker)
      .catch((error: unknown) => service.logger.error('draining or resuming failed', { error }))
      .finally(() => (this.changing = undefined));
  }

  /** Idle or at work, whichever is ordered when the last change is done. */
  private async becomeWanted(broker: Steered): Promise<void> {
    const { service, onState } = this.parts;
    for (;;) {
      const order = this.orders.drains.get(service.instance);
      const idle = order?.then === 'idle';
      if (service.stopping.aborted || order?.then === 'restart' || idle === (this.now === 'drained')) return;
      if (order !== undefined) {
        this.now = 'draining';
        this.tell('worker.draining', 'drains and stays idle', order.by);
        onState();
        await Promise.all([broker.drain(), this.hooks.standStill?.()]);
        this.now = 'drained';
      } else {
        await broker.undrain();
        this.now = 'running';
        this.hooks.onLanes?.();
        this.tell('worker.resumed', 'takes work again');
      }
      onState();
    }
  }

  private tell(type: 'worker.draining' | 'worker.resumed', what: string, orderedBy?: string): void {
    const { service, events } = this.parts;
    const { instance: by, name, logger } = service;
    const ordered = orderedBy === undefined ? {} : { ordered_by: orderedBy };
    logger.info(what, ordered);
    void events.add(type, { by, message: `${by} ${what}`, details: { service: name, ...ordered } });
  }
}

const queuesOf = (some: readonly Lane[]): string[] => some.map((lane) => laneQueues[lane].name);
