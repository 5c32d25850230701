import type { GenerateHandler } from './generate.js';

type Context = Parameters<GenerateHandler['handle']>[1];

/** A handler whose deliveries rest until they are let go, and what it saw. */
export interface RestingWork {
  readonly handle: GenerateHandler['handle'];
  /** Handlers that began. */
  readonly begun: () => number;
  /** Handlers that run now, and the most at once. */
  readonly inHand: () => number;
  readonly mostInHand: () => number;
  /** Ended handlers. */
  readonly done: () => number;
  /** Ids that came, each once. */
  readonly seen: ReadonlySet<string>;
  /** Ends so many that wait, the oldest first. */
  readonly letGo: (count?: number) => void;
}

/** @param wait what a delivery does after it rests, or does not; by default it waits for `letGo` */
export function restingWork(wait?: (id: string, context: Context) => Promise<void>): RestingWork {
  const held: (() => void)[] = [];
  const seen = new Set<string>();
  let [begun, inHand, mostInHand, done] = [0, 0, 0, 0];
  const rests = (_id: string, { rest }: Context): Promise<void> => {
    rest();
    return new Promise((resolve) => held.push(resolve));
  };
  return {
    seen,
    begun: () => begun,
    inHand: () => inHand,
    mostInHand: () => mostInHand,
    done: () => done,
    letGo: (count = held.length) => held.splice(0, count).forEach((end) => end()),
    handle: async ({ id }, context) => {
      begun++;
      mostInHand = Math.max(mostInHand, ++inHand);
      seen.add(id);
      try {
        await (wait ?? rests)(id, context);
        done++;
      } finally {
        inHand--;
      }
    },
  };
}
