import type { Broker } from '@image2model/broker';
import { generateMessageId, laneQueues, modelGenerate, type Lane } from '@image2model/contracts';
import type { LaneBatch, Progress } from '@image2model/progress';
import type { Logger, Metrics } from '@image2model/service-kit';
import { Dealer } from '../domain/dealer.js';
import { laneWindow } from '../domain/lane-window.js';
import { RateMeter } from '../domain/rate-meter.js';

interface Deps {
  lane: Lane;
  broker: Broker;
  progress: Progress;
  instance: string;
  /** live worker slots of the fleet */
  slots: () => number;
  logger: Logger;
  metrics: Metrics;
}

const leaseMs = 10_000;
const renewAfterMs = 3_000;
const smallestChunk = 16;
const largestChunk = 256;
/** Chunks that may be on their way to the broker at once. */
const chunksInFlight = 2;
/** After so long an unclaimed file whose queue is empty is thought lost, ms. */
const unclaimedDueMs = 60_000;

/**
 * Fans the batches of one lane out through its window: chunks are published with confirms while the next one is made
 * ready, then the batch's cursor moves. One process a lane at a time, by a lease; a crash repeats at most the chunks
 * in flight, which `claim` absorbs.
 */
export class LaneDispatcher {
  private readonly known = new Map<string, LaneBatch>();
  private readonly dealer = new Dealer<LaneBatch>();
  private readonly rate = new RateMeter();
  private published = 0;
  private consumed = 0;
  private leaseUntilMs = 0;
  private stale = true;
  private again = false;
  private running: Promise<void> | undefined;
  private closed = false;

  constructor(private readonly deps: Deps) {}

  /** Looks for room. @param fresh also look for new batches */
  nudge(fresh = false): void {
    this.stale ||= fresh;
    this.again = true;
    if (this.running !== undefined || this.closed) return;
    this.running = this.run().finally(() => {
      this.running = undefined;
    });
  }

  /** True when this process dispatches the lane now. */
  get holds(): boolean {
    return Date.now() < this.leaseUntilMs;
  }

  get busy(): boolean {
    return this.known.size > 0;
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.running;
    if (this.holds) await this.deps.progress.fleet.dropLease(this.leaseName, this.deps.instance);
  }

  private get leaseName(): string {
    return `dispatch:${this.deps.lane}`;
  }

  private async run(): Promise<void> {
    while (this.again && !this.closed) {
      this.again = false;
      try {
        if (await this.keepLease()) await this.pump();
      } catch (error) {
        this.deps.logger.warn('fan-out paused; the next look goes on from the cursor', {
          lane: this.deps.lane,
          error,
        });
        this.stale = true;
        return;
      }
    }
  }

  private async keepLease(): Promise<boolean> {
    const now = Date.now();
    if (this.leaseUntilMs - now > leaseMs - renewAfterMs) return true;
    const held = this.holds;
    const got = await this.deps.progress.fleet.holdLease(this.leaseName, this.deps.instance, leaseMs);
    this.leaseUntilMs = got ? now + leaseMs : 0;
    if (got && !held) this.stale = true;
    return got;
  }

  /** Takes the state from Redis. Whose turn it is stays: the batches of slow lanes are dealt over many looks. */
  private async refresh(): Promise<void> {
    this.stale = false;
    const open = new Set<string>();
    for (const batch of await this.deps.progress.lanes.batches(this.deps.lane)) {
      if (batch.state === 'staging') continue;
      if (batch.state !== 'running' || batch.cursor >= batch.total) {
        await this.deps.progress.lanes.leave(this.deps.lane, batch.id);
        continue;
      }
      open.add(batch.id);
      const known = this.known.get(batch.id);
      if (known !== undefined) {
        known.cursor = batch.cursor;
        continue;
      }
      this.known.set(batch.id, batch);
      this.dealer.add(batch);
    }
    for (const id of this.known.keys()) if (!open.has(id)) this.forget(id);
  }

  private async pump(): Promise<void> {
    if (this.stale) await this.refresh();
    if (this.known.size === 0) return;
    const inFlight: Promise<void>[] = [];
    const dealt = this.deal(await this.room(), inFlight);
    // whatever went wrong, nothing of this look is on its way any more when the next one reads the cursors
    const ends = [...(await Promise.allSettled([dealt])), ...(await Promise.allSettled(inFlight))];
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  private async deal(room: number, inFlight: Promise<void>[]): Promise<void> {
    let chunk = smallestChunk;
    let left = room;
    while (left > 0 && !this.closed) {
      const batch = this.dealer.next();
      if (batch === undefined) return;
      const from = batch.cursor;
      const to = Math.min(batch.total, from + Math.min(chunk, left));
      const files = await this.deps.progress.lanes.pending(batch.id, from, to);
      batch.cursor = to;
      if (to >= batch.total) this.forget(batch.id);
      if (inFlight.length >= chunksInFlight) await inFlight[inFlight.length - chunksInFlight];
      const sent = this.publish(batch, from, to, files, inFlight.at(-1) ?? Promise.resolve());
      // pump() looks at its end; until then a failure must not count as unhandled
      sent.catch(() => undefined);
      inFlight.push(sent);
      left -= files.length;
      chunk = Math.min(largestChunk, chunk * 2);
    }
  }

  /** Publishes a chunk at once and moves the cursor after the chunk before it did. */
  private async publish(
    batch: LaneBatch,
    from: number,
    to: number,
    files: number[],
    before: Promise<void>,
  ): Promise<void> {
    const { lane, broker, progress } = this.deps;
    const messages = files.map((idx) => ({
      id: generateMessageId(batch.id, idx, 0),
      batchId: batch.id,
      fileIdx: idx,
      tenant: batch.tenant,
      payload: { gen: 0 },
    }));
    await Promise.all([broker.publishMany(modelGenerate, messages, { lane }), before]);
    this.published += files.length;
    if (!(await progress.settlements.advance(batch.id, from, to, unclaimedDueMs))) {
      this.leaseUntilMs = 0;
      throw new Error(`the cursor of ${batch.id} is elsewhere: another dispatcher took over`);
    }
    if (to >= batch.total) await progress.lanes.leave(lane, batch.id);
  }

  private forget(id: string): void {
    this.known.delete(id);
    this.dealer.remove(id);
  }

  /** How many messages the lane may take now. */
  private async room(): Promise<number> {
    const { lane, broker, metrics, slots } = this.deps;
    const ready = await broker.readyCount(laneQueues[lane].name);
    const consumed = Math.max(this.consumed, this.published - ready);
    this.rate.add(consumed - this.consumed, Date.now());
    this.consumed = consumed;
    const window = laneWindow(slots(), this.rate.perSecond());
    metrics.set('lane_ready', { lane }, ready);
    metrics.set('lane_window', { lane }, window);
    return window - ready;
  }
}
