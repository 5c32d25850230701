import type { Broker } from '@image2model/broker';
import { paidProviders, type Lane } from '@image2model/contracts';
import { needsFanOut, type Beating, type LaneBatch, type Progress } from '@image2model/progress';
import { failpoint, type Logger, type Metrics } from '@image2model/service-kit';
import { Dealer } from '../domain/dealer.js';
import { paidRoom } from '../domain/paid-room.js';
import { LaneRoom } from './lane-room.js';
import { publishFiles, type MessageOfFile } from './publish-files.js';

interface Deps {
  lane: Lane;
  broker: Broker;
  progress: Progress;
  instance: string;
  beating: Pick<Beating, 'lanePaused' | 'taking'>;
  /** live worker slots of the fleet */
  slots: () => number;
  /** generations at a paid provider at a time, over all workers */
  permitted: () => number;
  timing: DispatchTiming;
  logger: Logger;
  metrics: Metrics;
}

/** All in ms. */
export interface DispatchTiming {
  /** After so long without a sign of life another process fans the lane out. */
  leaseMs: number;
  /** After so long an unclaimed file whose queue is empty is thought lost. */
  unclaimedDueMs: number;
}

const smallestChunk = 16;
const largestChunk = 256;
/** Chunks that may be on their way to the broker at once. */
const chunksInFlight = 2;

/**
 * Fans the batches of one lane out through its window: chunks are published with confirms while the next one is made
 * ready, then the batch's cursor moves. One process a lane at a time, by a lease; a crash repeats at most the chunks
 * in flight, which `claim` absorbs.
 */
export class LaneDispatcher {
  private readonly known = new Map<string, LaneBatch>();
  private readonly dealer = new Dealer<LaneBatch>();
  private readonly room: LaneRoom;
  private leaseUntilMs = 0;
  private stale = true;
  /** new batches that were named: the others need no look */
  private announced: string[] = [];
  /** a paid batch has as many files with the workers as it may have */
  private full = false;
  private asked = false;
  private running: Promise<void> | undefined;
  private closed = false;

  constructor(private readonly deps: Deps) {
    this.room = new LaneRoom(deps);
  }

  /** Looks for room. @param fresh also look for new batches */
  nudge(fresh = false): void {
    // what was settled meanwhile is only known from Redis
    this.stale ||= fresh || this.full;
    this.asked = true;
    if (this.running !== undefined || this.closed) return;
    this.running = this.run().finally(() => {
      this.running = undefined;
    });
  }

  /** A batch was accepted: it is looked at alone, which takes one trip to Redis instead of two. */
  announce(batchId: string): void {
    this.announced.push(batchId);
    this.nudge();
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
    failpoint('orchestrator.35.lane-ending');
    await this.dropLease();
    failpoint('orchestrator.36.lane-ended');
  }

  /** While the process takes nothing. */
  async standStill(): Promise<void> {
    await this.running;
    await this.dropLease();
  }

  private async dropLease(): Promise<void> {
    if (!this.holds) return;
    this.leaseUntilMs = 0;
    await this.deps.progress.fleet.dropLease(this.leaseName, this.deps.instance);
  }

  /** An operator stopped the lane. */
  private get paused(): boolean {
    return this.deps.beating.lanePaused(this.deps.lane);
  }

  private get leaseName(): string {
    return `dispatch:${this.deps.lane}`;
  }

  private async run(): Promise<void> {
    while (this.asked && !this.closed) {
      this.asked = false;
      try {
        if (!this.deps.beating.taking) return;
        if ((await this.keepLease()) && !this.paused) await this.pump();
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
    const { progress, instance, timing } = this.deps;
    const now = Date.now();
    if (this.leaseUntilMs - now > timing.leaseMs * 0.7) return true;
    const held = this.holds;
    const got = await progress.fleet.holdLease(this.leaseName, instance, timing.leaseMs);
    this.leaseUntilMs = got ? now + timing.leaseMs : 0;
    if (got && !held) this.stale = true;
    if (got) failpoint('orchestrator.03.lane-leased');
    return got;
  }

  /** Takes the state from Redis. Whose turn it is stays: the batches of slow lanes are dealt over many looks. */
  private async refresh(): Promise<void> {
    const { lane, progress } = this.deps;
    this.stale = false;
    this.announced = [];
    const open = new Set<string>();
    for (const batch of await progress.lanes.batches(lane)) {
      if (batch.state === 'staging') continue;
      if (!needsFanOut(batch)) {
        await progress.lanes.leave(lane, batch.id);
        failpoint('orchestrator.10.lane-cleared');
        continue;
      }
      if (batch.held) continue;
      open.add(batch.id);
      this.know(batch);
    }
    for (const id of this.known.keys()) if (!open.has(id)) this.forget(id);
  }

  /** Whatever is odd about one of them is left to the next look at the whole lane. */
  private async takeAnnounced(): Promise<void> {
    const { lane, progress } = this.deps;
    const ids = this.announced.splice(0);
    const batches = await Promise.all(ids.map((id) => progress.lanes.batch(id)));
    for (const batch of batches)
      if (batch?.lane === lane && needsFanOut(batch) && !batch.held) this.know(batch);
  }

  private know(batch: LaneBatch): void {
    const known = this.known.get(batch.id);
    if (known !== undefined) {
      Object.assign(known, batch);
      return;
    }
    this.known.set(batch.id, batch);
    this.dealer.add(batch);
  }

  private async pump(): Promise<void> {
    const { room } = this;
    // a lane that ran dry has room for the first chunk, whatever the broker says of it
    const dry = room.dry;
    const asked = room.measure();
    const inFlight: Promise<void>[] = [];
    const dealing = async (): Promise<void> => {
      if (this.stale) await this.refresh();
      else if (this.announced.length > 0) await this.takeAnnounced();
      const first = dry ? await this.deal(smallestChunk, smallestChunk, inFlight) : 0;
      const left = (await asked) - first;
      await this.deal(left, first > 0 ? 2 * smallestChunk : this.firstChunk(), inFlight);
    };
    // whatever went wrong, nothing of this look is on its way any more when the next one reads the cursors
    const ends = await Promise.allSettled([dealing(), asked]);
    ends.push(...(await Promise.allSettled(inFlight)));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** Small where a file waits for the first turn: in an empty lane, and where several batches take turns. */
  private firstChunk(): number {
    return this.room.dry || this.known.size > 1 ? smallestChunk : largestChunk;
  }

  /** @param room most messages @param chunk most of the first turn; doubles up to the largest @returns how many */
  private async deal(room: number, chunk: number, inFlight: Promise<void>[]): Promise<number> {
    let [dealt, passed] = [0, 0];
    this.full = false;
    while (dealt < room && passed < this.dealer.size && !this.closed && !this.paused) {
      const batch = this.dealer.next();
      if (batch === undefined) break;
      const size = Math.min(chunk, room - dealt, this.roomOf(batch));
      if (size <= 0) {
        this.full = true;
        passed += 1;
        continue;
      }
      passed = 0;
      dealt += batch.redo > 0 ? await this.redo(batch, size) : await this.next(batch, size, inFlight);
      chunk = Math.min(largestChunk, chunk * 2);
    }
    return dealt;
  }

  private roomOf(batch: LaneBatch): number {
    return paidProviders.has(batch.provider) ? paidRoom(batch, this.deps.permitted()) : Infinity;
  }

  /** Sends the next files after the cursor on their way. @returns how many messages */
  private async next(batch: LaneBatch, size: number, inFlight: Promise<void>[]): Promise<number> {
    const from = batch.cursor;
    const to = Math.min(batch.total, from + size);
    const files = await this.deps.progress.lanes.pending(batch.id, from, to);
    failpoint('orchestrator.04.chunk-chosen');
    batch.cursor = to;
    if (to >= batch.total) this.forget(batch.id);
    // the first, small chunks go alone: what is published behind them would only delay the first file
    const most = size < largestChunk / 4 ? 1 : chunksInFlight;
    if (inFlight.length >= most) await inFlight[inFlight.length - most];
    const chunk = { batch, from, to, files: files.map((idx) => ({ idx, gen: 0 })) };
    const sent = this.publish(chunk, inFlight.at(-1) ?? Promise.resolve());
    // pump() looks at its end; until then a failure must not count as unhandled
    sent.catch(() => undefined);
    inFlight.push(sent);
    return files.length;
  }

  /** Publishes a chunk at once and moves the cursor after the chunk before it did. */
  private async publish(
    { batch, from, to, files }: { batch: LaneBatch; from: number; to: number; files: MessageOfFile[] },
    before: Promise<void>,
  ): Promise<void> {
    const { lane, progress, timing } = this.deps;
    await Promise.all([this.send(batch, files), before]);
    failpoint('orchestrator.05.chunk-published');
    if (!(await progress.settlements.advance(batch.id, from, to, timing.unclaimedDueMs))) {
      this.leaseUntilMs = 0;
      throw new Error(`the cursor of ${batch.id} is elsewhere: another dispatcher took over`);
    }
    failpoint('orchestrator.06.cursor-advanced');
    if (to < batch.total) return;
    await progress.lanes.leave(lane, batch.id);
    failpoint('orchestrator.07.lane-left');
  }

  /** Publishes the first files of the redo list, then takes them off it: a crash in between repeats them. */
  private async redo(batch: LaneBatch, size: number): Promise<number> {
    const { lane, progress, timing } = this.deps;
    const files = await progress.lanes.redo(batch.id, size);
    await this.send(batch, files);
    failpoint('orchestrator.08.redo-published');
    await progress.settlements.redone(batch.id, files, timing.unclaimedDueMs);
    failpoint('orchestrator.09.redone');
    batch.redo = Math.max(0, batch.redo - files.length);
    if (files.length < size) batch.redo = 0;
    if (needsFanOut(batch)) return files.length;
    this.forget(batch.id);
    await progress.lanes.leave(lane, batch.id);
    return files.length;
  }

  private async send(batch: LaneBatch, files: readonly MessageOfFile[]): Promise<void> {
    const { broker, lane } = this.deps;
    await publishFiles(broker, lane, batch, files);
    this.room.published(files.length);
  }

  private forget(id: string): void {
    this.known.delete(id);
    this.dealer.remove(id);
  }
}
