import type { Broker } from '@image2model/broker';
import { laneQueues, type Lane } from '@image2model/contracts';
import type { Metrics } from '@image2model/service-kit';
import { laneWindow } from '../domain/lane-window.js';
import { RateMeter } from '../domain/rate-meter.js';

/** In a lane with a window from here on, room for less than an eighth of it is left until more is free: few large chunks cost least. */
const busyWindow = 512;

/** How many messages a lane may take, by what waits in its queue and how fast it is taken. */
export class LaneRoom {
  private readonly rate = new RateMeter();
  private sent = 0;
  private consumed = 0;
  private empty = false;

  constructor(
    private readonly deps: {
      lane: Lane;
      broker: Pick<Broker, 'readyCount'>;
      /** live worker slots of the fleet */
      slots: () => number;
      metrics: Metrics;
    },
  ) {}

  /** No message waited at the last look, and none was published since. */
  get dry(): boolean {
    return this.empty;
  }

  published(count: number): void {
    this.sent += count;
    this.empty = false;
  }

  /** Asks the broker. @returns how many messages may be published now; 0 or less: none */
  async measure(): Promise<number> {
    const { lane, broker, metrics, slots } = this.deps;
    const before = this.sent;
    const ready = await broker.readyCount(laneQueues[lane].name);
    const consumed = Math.max(this.consumed, before - ready);
    this.rate.add(consumed - this.consumed, Date.now());
    this.consumed = consumed;
    this.empty = ready === 0 && this.sent === before;
    const window = laneWindow(slots(), this.rate.perSecond());
    metrics.set('lane_ready', { lane }, ready);
    metrics.set('lane_window', { lane }, window);
    const room = window - ready;
    return window >= busyWindow && room < window / 8 ? 0 : room;
  }
}
