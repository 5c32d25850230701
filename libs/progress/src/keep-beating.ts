import { hostname } from 'node:os';
import type { Lane } from '@image2model/contracts';
import {
  createProcessLoadMeter,
  redactedConfig,
  repeat,
  type BaseConfig,
  type ServiceContext,
  type WorkReport,
} from '@image2model/service-kit';
import { ReportBuilder } from './build-report.js';
import { FollowOrders, type Steered } from './follow-orders.js';
import { Recycling } from './recycling.js';
import type { Fleet } from './fleet.js';
import type { OpsEvents } from './ops-events.js';
import type { Orders } from './orders.js';
import type { About } from './worker-report.js';

const everyMs = 5_000;
const lookEveryMs = 1_000;
/** Redis may be away at the end. */
const farewellMs = 2_000;

/** What a process lets its heartbeat see and steer. */
export interface BeatingWork {
  broker: Steered & { report(): WorkReport };
  /** worker slots; 0 unless said otherwise */
  slots?: () => number;
  /** files in hand; the deliveries in work unless said otherwise */
  active?: () => number;
  /** what is handled beside the queues, by `<task>:<outcome>` */
  handled?: () => Readonly<Record<string, number>>;
  /** what else stands still while the process is idle */
  standStill?: () => Promise<void>;
  /** A lane was paused or goes on. */
  onLanes?: () => void;
}

/** What a process is for the others: the heartbeat that tells, the orders that come back. */
export interface Beating {
  /** Operators stopped it; nothing of it is to be handed out. */
  lanePaused(lane: Lane): boolean;
  /** False while it is to take nothing: it drains or stands idle. */
  readonly taking: boolean;
  /** Before it consumes: what is paused is not begun at all. */
  steer(work: BeatingWork): Promise<void>;
  /** It works: now the others are told. */
  begin(): Promise<void>;
  close(): Promise<void>;
}

/** What this library's users are made of; `Progress` fits. */
export interface BeatingParts {
  fleet: Fleet;
  orders: Orders;
  opsEvents: OpsEvents;
  onOrders(listener: () => void): Promise<void>;
}

/**
 * Tells every 5 s what this process does and follows what operators order: at once when they do, with the next beat
 * at the latest. Close it after the broker, so that the others see it drain; then it leaves.
 */
export async function keepBeating(
  progress: BeatingParts,
  service: ServiceContext<BaseConfig>,
): Promise<Beating> {
  const beating = new ProcessBeating(progress, service);
  await beating.readOrders();
  return beating;
}

class ProcessBeating implements Beating {
  private readonly meter = createProcessLoadMeter();
  private readonly reports = new ReportBuilder();
  private readonly following: FollowOrders;
  private readonly recycling: Recycling;
  private readonly loops: { close(): Promise<void>; nudge(): void }[] = [];
  private work: BeatingWork | undefined;
  private clockSkewMs = 0;

  constructor(
    private readonly progress: BeatingParts,
    private readonly service: ServiceContext<BaseConfig>,
  ) {
    const onState = (): void => this.loops[0]?.nudge();
    this.following = new FollowOrders({ service, events: progress.opsEvents, onState });
    this.recycling = new Recycling({ service, fleet: progress.fleet, events: progress.opsEvents });
    service.stopping.addEventListener('abort', onState, { once: true });
    service.ready('taking', () => this.following.state === 'running');
  }

  lanePaused(lane: Lane): boolean {
    return this.following.book.lanes.has(lane);
  }

  get taking(): boolean {
    return this.following.state === 'running' && !this.service.stopping.aborted;
  }

  /** Redis may not answer yet; then the heartbeat brings them. */
  async readOrders(): Promise<void> {
    const { orders } = this.progress;
    try {
      await this.following.follow(await orders.read(), Date.now());
    } catch (error) {
      this.service.logger.warn('orders could not be read; the next heartbeat brings them', { error });
    }
  }

  async steer(work: BeatingWork): Promise<void> {
    this.work = work;
    await this.following.steer(work.broker, work);
  }

  async begin(): Promise<void> {
    const { logger, instance, startedAtMs, version, name } = this.service;
    const { fleet, opsEvents, onOrders } = this.progress;
    const beats = repeat({ name: 'heartbeat', everyMs, logger, run: () => this.beat() });
    const looks = repeat({
      name: 'recycling',
      everyMs: lookEveryMs,
      atOnce: false,
      logger,
      run: () => this.look(),
    });
    this.loops.push(beats, looks);
    await onOrders(() => beats.nudge());
    await fleet.introduce(instance, this.about()).catch(() => undefined); // the first beat does it then
    const message = `${instance} takes work`;
    void opsEvents.add('worker.started', {
      ...{ by: instance, message },
      details: { service: name, version, started_ms: Date.now() - startedAtMs },
    });
  }

  async close(): Promise<void> {
    const { instance, name, stopping } = this.service;
    const { fleet, opsEvents } = this.progress;
    const leave = async (): Promise<void> => {
      await Promise.all(this.loops.map((loop) => loop.close()));
      if (this.work === undefined) return;
      await this.recycling.end();
      const message = `${instance} has stopped`;
      const reason = this.recycling.why ?? (stopping.aborted ? 'told to stop' : 'failed');
      await opsEvents.add('worker.stopped', { by: instance, message, details: { service: name, reason } });
      await fleet.leave(instance);
    };
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, farewellMs);
    });
    await Promise.race([leave(), late]).finally(() => clearTimeout(timer));
    this.meter.close();
  }

  private async beat(): Promise<void> {
    const { work, following, service } = this;
    if (work === undefined) return;
    const { name, instance, startedAtMs, version, stopping } = service;
    const state = this.recycling.why === undefined ? following.shownState : 'recycling';
    const report = this.reports.build(
      {
        state,
        logLevel: service.logLevel.level,
        work: work.broker.report(),
        more: work.handled?.() ?? {},
        load: this.meter.look(),
        clockSkewMs: this.clockSkewMs,
      },
      performance.now(),
    );
    const slots = state === 'running' ? (work.slots?.() ?? 0) : 0;
    const active = work.active?.() ?? report.activeCount;
    const self = { service: name, instance, pid: process.pid, startedAtMs, version, slots, active };
    const answer = await this.progress.fleet.beat(self, report);
    this.clockSkewMs = answer.clockSkewMs;
    // it is new to the others, or they thought that it was gone
    if (answer.isNew) await this.progress.fleet.introduce(instance, this.about());
    if (!stopping.aborted) await following.follow(answer.orders, answer.atMs);
  }

  private async look(): Promise<void> {
    this.following.look();
    if (this.work === undefined || !this.taking) return;
    const { broker, handled } = this.work;
    const counts = [...Object.values(broker.report().handled), ...Object.values(handled?.() ?? {})];
    const sum = counts.reduce((all, one) => all + one, 0);
    await this.recycling.look({ handled: sum, rssMb: this.meter.rssMb() });
  }

  private about(): About {
    const queues = this.work?.broker.report().queues ?? [];
    return {
      host: hostname(),
      registered: queues.flatMap(({ task, queue, prefetch, prefetchMost, restMost }) =>
        task === null ? [] : [{ task, queue, prefetch, prefetchMost, restMost }],
      ),
      config: redactedConfig(this.service.config),
    };
  }
}
