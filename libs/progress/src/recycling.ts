import { createRecycleRule, type BaseConfig, type ServiceContext } from '@image2model/service-kit';
import type { Fleet } from './fleet.js';
import type { OpsEvents } from './ops-events.js';

/** Longer than a process may take to end. */
const leaseMs = 30_000;
/** After the end of one process the next of its service may follow: time for the new one to come up. */
const restMs = 5_000;

/** Tells this process to hand over and start anew when its configuration says so; one of a service at a time. */
export class Recycling {
  private reason: string | undefined;
  private readonly rule: ReturnType<typeof createRecycleRule>;

  constructor(
    private readonly parts: {
      service: Pick<
        ServiceContext<BaseConfig>,
        'name' | 'instance' | 'startedAtMs' | 'config' | 'stop' | 'logger'
      >;
      fleet: Pick<Fleet, 'holdLease'>;
      events: OpsEvents;
    },
  ) {
    const { RECYCLE_AFTER_TASKS: afterTasks, RECYCLE_AFTER_MB: afterMb } = parts.service.config;
    this.rule = createRecycleRule({ afterTasks, afterMb }, Math.random());
  }

  /** Why it is being recycled; undefined: it is not. */
  get why(): string | undefined {
    return this.reason;
  }

  async look(now: { handled: number; rssMb: number }): Promise<void> {
    const { service, fleet, events } = this.parts;
    const why = this.rule({ ...now, aliveMs: Date.now() - service.startedAtMs });
    if (why === undefined || this.reason !== undefined) return;
    if (!(await fleet.holdLease(this.lease, service.instance, leaseMs))) return;
    this.reason = `recycled after ${why}`;
    void events.add('worker.recycled', {
      by: service.instance,
      message: `${service.instance} is recycled after ${why}`,
      details: { service: service.name, handled: now.handled, rss_mb: now.rssMb },
    });
    service.stop(this.reason);
  }

  /** The process ends. */
  async end(): Promise<void> {
    if (this.reason !== undefined)
      await this.parts.fleet.holdLease(this.lease, this.parts.service.instance, restMs);
  }

  private get lease(): string {
    return `recycle:${this.parts.service.name}`;
  }
}
