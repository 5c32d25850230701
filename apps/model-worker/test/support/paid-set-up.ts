import { closingAfterAll, photo, startFalStandIn, waitFor, type FalStandIn } from '@image2model/testing';
import { openBench, type Bench } from './bench.js';

export interface PaidSetUp {
  readonly bench: Bench;
  /** another one in each test */
  readonly fal: FalStandIn;
  readonly image: Uint8Array;
  /** Waits until fal has accepted, and bills, so many jobs. */
  accepted(count: number): Promise<true>;
}

/** For the top of a spec of paid files: its hooks fill in what it returns. @param jobMs how long a generation takes */
export function setUpPaid(jobMs: number): PaidSetUp {
  const closing = closingAfterAll();
  const opened: { bench?: Bench; fal?: FalStandIn; image?: Uint8Array } = {};
  beforeAll(async () => {
    opened.bench = closing(await openBench());
    opened.image = await photo();
  });
  beforeEach(async () => {
    opened.fal = await startFalStandIn({ seed: 7, concurrency: 8, duration: { kind: 'fixed', ms: jobMs } });
  });
  afterEach(async () => {
    await opened.bench?.stopAll();
    await opened.fal?.close();
  });
  const had = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error('only inside a test');
    return part;
  };
  const setUp: PaidSetUp = {
    get bench() {
      return had(opened.bench);
    },
    get fal() {
      return had(opened.fal);
    },
    get image() {
      return had(opened.image);
    },
    accepted: (count) =>
      waitFor(() => setUp.fal.ledger().length >= count, {
        timeoutMs: 30_000,
        what: `${count} accepted jobs`,
      }),
  };
  return setUp;
}
