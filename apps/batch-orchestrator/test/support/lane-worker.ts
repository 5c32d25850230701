import { connectBroker, defineHandler } from '@image2model/broker';
import { fileSettled, laneQueues, modelGenerate, type Lane } from '@image2model/contracts';
import { Coalescer } from '@image2model/service-kit';
import { completed, type Bench } from './bench.js';

/** One message that the lane gave away. */
export interface Taken {
  id: string;
  batchId: string;
  idx: number;
}

export interface LaneWorker {
  /** Everything taken so far, in its order. */
  readonly taken: readonly Taken[];
  /** Lets so many further messages through; all of them until it is called for the first time. */
  allow(count: number): void;
  close(): Promise<void>;
}

interface Options {
  lane?: Lane;
  prefetch?: number;
  /** true: claims, concludes and tells as a model-worker does; false: takes a message and forgets it */
  works: boolean;
  /** Messages let through at the start; no limit by default. */
  allow?: number;
}

/** Consumes a lane, as a worker or as a hole. */
export async function startLaneWorker(
  bench: Bench,
  { lane = 'normal', prefetch = 64, works, allow = Infinity }: Options,
): Promise<LaneWorker> {
  const { progress, logger } = bench;
  const broker = await connectBroker({ url: bench.amqpUrl, service: 'spec worker', logger });
  const taken: Taken[] = [];
  const gate = new Gate(allow);
  const settled = new Coalescer<number, true>(
    async (batchId, files) => {
      await broker.publish(fileSettled, { batchId, payload: { files } });
      return files.map(() => true as const);
    },
    { inFlight: 2 },
  );
  const work = async (batchId: string, idx: number, messageId: string, gen: number): Promise<void> => {
    const request = { idx, messageId, gen, redelivered: false, worker: 'spec' };
    const claim = await progress.attempts.claim(batchId, request);
    if (claim.status !== 'ok') return;
    await progress.attempts.conclude(batchId, { idx, token: claim.token }, completed);
    await settled.add(batchId, idx);
  };
  await broker.consume([
    defineHandler({
      consumes: modelGenerate,
      queue: laneQueues[lane],
      prefetch,
      emits: [fileSettled],
      async handle({ id, batchId = '', fileIdx = -1, payload }, { signal }) {
        await gate.enter(signal);
        taken.push({ id, batchId, idx: fileIdx });
        if (works) await work(batchId, fileIdx, id, payload.gen);
      },
    }),
  ]);
  return { taken, allow: (count) => gate.open(count), close: () => broker.close() };
}

/** Lets a number of messages through, first come, first served. */
class Gate {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  open(count: number): void {
    this.free += count;
    while (this.free > 0 && this.waiting.length > 0) {
      this.free -= 1;
      this.waiting.shift()?.();
    }
  }

  /** @throws the signal's reason when it aborts first */
  async enter(signal: AbortSignal): Promise<void> {
    if (this.free > 0) {
      this.free -= 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      this.waiting.push(resolve);
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  }
}
