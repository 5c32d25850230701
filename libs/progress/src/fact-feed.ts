import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { parseFact } from './facts.js';
import { keys } from './keys.js';
import type { ProgressLogger } from './redis-client.js';
import { compareStreamIds } from './stream-ids.js';
import type { Fact } from './types.js';

interface Watcher {
  batchId: string;
  position: string;
  /** true while its callback's promise holds further facts back */
  busy: boolean;
  onFacts: (facts: Fact[]) => void | Promise<void>;
}

type StreamReply =
  [key: string, entries: [id: string, fields: string[]][]][] | Record<string, [string, string[]][]> | null;

/** How long one blocking read waits, ms; new watchers interrupt it. */
const blockMs = 5_000;
const factsPerRead = 500;
/** Between two reads that bring facts, ms: what happens meanwhile goes to the watchers together. */
const gatherMs = 4;

/**
 * Facts of many batches for many watchers, with one blocking read for the whole process. Each watcher has its own
 * position and sees every fact after it once, in order.
 */
export class FactFeed {
  private readonly watchers = new Set<Watcher>();
  private running: Promise<void> | undefined;
  private closed = false;
  /** true while the loop waits for Redis */
  private reading = false;

  /** @param reader a connection of the feed's own: it blocks @param writer interrupts the reader */
  constructor(
    private readonly reader: Redis,
    private readonly writer: Redis,
    private readonly instance: string,
    private readonly logger: ProgressLogger,
  ) {}

  /** @param from stream id, exclusive; '0-0' replays everything @returns how to stop */
  watch(batchId: string, from: string, onFacts: Watcher['onFacts']): () => void {
    const watcher: Watcher = { batchId, position: from, busy: false, onFacts };
    this.watchers.add(watcher);
    this.kick();
    return () => {
      this.watchers.delete(watcher);
    };
  }

  async close(): Promise<void> {
    this.closed = true;
    this.watchers.clear();
    this.reader.disconnect();
    await this.running;
  }

  /** Starts the loop, or interrupts its blocking read so that it notices a change. */
  private kick(): void {
    if (this.closed) return;
    if (this.running === undefined) {
      this.running = this.loop().finally(() => {
        this.running = undefined;
        if (this.watchers.size > 0) this.kick();
      });
      return;
    }
    const wake = keys.wake(this.instance);
    void this.writer
      .multi()
      .xadd(wake, 'MAXLEN', 1, '*', 'w', '1')
      .expire(wake, 60)
      .exec()
      .catch((error: unknown) =>
        this.logger.warn('could not wake the fact feed; it looks again by itself', { error: String(error) }),
      );
  }

  private async loop(): Promise<void> {
    let wakeFrom = '0-0';
    while (this.watchers.size > 0 && !this.closed) {
      try {
        const wanted = this.positions();
        const streams = [keys.wake(this.instance), ...[...wanted.keys()].map(keys.facts)];
        this.reading = true;
        const reply = (await this.reader.xread(
          'COUNT',
          factsPerRead,
          'BLOCK',
          blockMs,
          'STREAMS',
          ...streams,
          wakeFrom,
          ...wanted.values(),
        )) as StreamReply;
        this.reading = false;
        const handed: Promise<void>[] = [];
        for (const [key, entries] of Array.isArray(reply) ? reply : Object.entries(reply ?? {})) {
          if (key === keys.wake(this.instance)) wakeFrom = entries.at(-1)?.[0] ?? wakeFrom;
          else handed.push(...this.deliver(key, entries, wanted));
        }
        // who is slower than this is left out of the next reads until it can take more
        if (handed.length > 0) await Promise.race([Promise.all(handed), sleep(gatherMs)]);
        if (handed.length > 0) await sleep(gatherMs);
      } catch (error) {
        this.reading = false;
        if (this.closed) return;
        this.logger.warn('reading facts failed; trying again', { error: String(error) });
        await sleep(500);
      }
    }
  }

  /** The lowest position of the watchers of each batch that can take more. */
  private positions(): Map<string, string> {
    const lowest = new Map<string, string>();
    for (const { batchId, position, busy } of this.watchers) {
      if (busy) continue;
      const known = lowest.get(batchId);
      if (known === undefined || compareStreamIds(position, known) < 0) lowest.set(batchId, position);
    }
    return lowest;
  }

  /**
   * Hands entries to the watchers that the read was made for: one that came meanwhile with an older position would
   * miss what lies between, and gets its own read.
   */
  private deliver(
    key: string,
    entries: [string, string[]][],
    wanted: ReadonlyMap<string, string>,
  ): Promise<void>[] {
    const facts = entries.map(([id, fields]) => parseFact(id, fields));
    const handed: Promise<void>[] = [];
    for (const watcher of this.watchers) {
      if (watcher.busy || keys.facts(watcher.batchId) !== key) continue;
      const readFrom = wanted.get(watcher.batchId);
      if (readFrom === undefined || compareStreamIds(watcher.position, readFrom) < 0) continue;
      const news = after(facts, watcher.position);
      const last = news.at(-1);
      if (last === undefined) continue;
      watcher.position = last.id;
      watcher.busy = true;
      handed.push(this.hand(watcher, news));
    }
    return handed;
  }

  private async hand(watcher: Watcher, facts: Fact[]): Promise<void> {
    try {
      await watcher.onFacts(facts);
    } catch (error) {
      this.logger.warn('a watcher of facts failed and is dropped', {
        batchId: watcher.batchId,
        error: String(error),
      });
      this.watchers.delete(watcher);
    }
    watcher.busy = false;
    // the loop may be waiting for facts of others
    if (this.reading && this.watchers.has(watcher)) this.kick();
  }
}

/** Stream entries come in the order of their ids, and mostly all of them are new. */
function after(facts: Fact[], position: string): Fact[] {
  const first = facts[0];
  if (first === undefined || compareStreamIds(first.id, position) > 0) return facts;
  return facts.filter(({ id }) => compareStreamIds(id, position) > 0);
}
