import { AckTracker } from './ack-tracker.js';

/** Repeatable random numbers (mulberry32). */
const randomFrom = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};

/** The broker's side: refuses an ack of what is not unacked, as RabbitMQ does with a multiple one too. */
class BrokerModel {
  readonly unacked = new Set<number>();
  readonly acked = new Set<number>();

  ack(tag: number, multiple: boolean): void {
    if (!this.unacked.has(tag)) throw new Error(`unknown delivery tag ${tag}`);
    for (const other of [...this.unacked]) {
      if (other === tag || (multiple && other < tag)) {
        this.unacked.delete(other);
        this.acked.add(other);
      }
    }
  }
}

it.each(Array.from({ length: 300 }, (_, seed) => seed))(
  'acks exactly what is finished (schedule %i)',
  (seed) => {
    const random = randomFrom(seed);
    const prefetch = 1 + Math.floor(random() * 12);
    const tracker = new AckTracker<number>();
    const broker = new BrokerModel();
    const working = new Set<number>();
    const finished = new Set<number>();
    let lastTag = 0;
    const flush = (): void => {
      const { upTo, singles } = tracker.take();
      if (upTo !== undefined) broker.ack(upTo, true);
      for (const tag of singles) broker.ack(tag, false);
      expect(broker.acked).toEqual(finished);
    };
    for (let step = 0; step < 200; step++) {
      const dice = random();
      if (dice < 0.45 && broker.unacked.size < prefetch) {
        broker.unacked.add(++lastTag);
        tracker.delivered(lastTag);
        working.add(lastTag);
      } else if (dice < 0.85 && working.size > 0) {
        // Tag 1 of every third schedule never finishes.
        const able = [...working].filter((tag) => tag !== 1 || seed % 3 > 0);
        const tag = able[Math.floor(random() * able.length)];
        if (tag === undefined) continue;
        working.delete(tag);
        finished.add(tag);
        tracker.finished(tag);
        if (random() < 0.1) tracker.finished(tag);
      } else flush();
    }
    flush();
    expect([...broker.unacked]).toEqual([...working]);
  },
);

it('makes one ack of a finished prefix and single ones of the rest', () => {
  const tracker = new AckTracker<number>();
  for (const tag of [1, 2, 3, 4, 5]) tracker.delivered(tag);
  for (const tag of [5, 2, 1]) tracker.finished(tag);
  expect(tracker.take()).toEqual({ upTo: 2, singles: [5] });
  tracker.finished(3);
  tracker.finished(4);
  // 5 is acked already: a multiple ack of it would be an error.
  expect(tracker.take()).toEqual({ upTo: 4, singles: [] });
  expect(tracker.take()).toEqual({ upTo: undefined, singles: [] });
});
