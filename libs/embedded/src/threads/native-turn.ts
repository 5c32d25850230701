import { workerData } from 'node:worker_threads';

/**
 * Shared by a pool and one of its threads. Native inference must not be cut off: a thread that is terminated while it
 * runs aborts the whole process. So threads enter native code in turn, one of a pool at a time (a run takes 200 MB), and
 * a thread that shall end is terminated outside of its turn or ends itself after it.
 */
export interface NativeTurn {
  /** One number for the whole pool: which thread is in native code, 0 for none. */
  readonly holder: Int32Array<SharedArrayBuffer>;
  /** One number for each thread: 1 once it shall end. */
  readonly ending: Int32Array<SharedArrayBuffer>;
  /** From 1. */
  readonly thread: number;
}

/** A number that a pool shares with its threads, 0 at first. */
export const sharedNumber = (): Int32Array<SharedArrayBuffer> => new Int32Array(new SharedArrayBuffer(4));

/** From now on the thread enters no native code. @returns whether it is inside and will end itself */
export function endsItself({ holder, ending, thread }: NativeTurn): boolean {
  Atomics.store(ending, 0, 1);
  return Atomics.load(holder, 0) === thread;
}

/** For a thread that is gone, however it went. */
export function giveUpTurn({ holder, thread }: NativeTurn): void {
  if (Atomics.compareExchange(holder, 0, thread, 0) === thread) Atomics.notify(holder, 0);
}

/**
 * Runs native work in this thread's turn; it blocks the thread until the turn comes. Outside of a pool it just runs.
 * When the pool wants the thread to end, it ends here.
 */
export async function inNativeTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = turnOfThisThread();
  if (!turn) return work();
  for (let other = takeTurn(turn); other !== 0; other = takeTurn(turn)) Atomics.wait(turn.holder, 0, other);
  try {
    endIfAsked(turn);
    return await work();
  } finally {
    giveUpTurn(turn);
    endIfAsked(turn);
  }
}

/** @returns 0 when the turn is this thread's now, else whose it is */
const takeTurn = ({ holder, thread }: NativeTurn): number => Atomics.compareExchange(holder, 0, 0, thread);

/** In a thread, process.exit() ends the thread alone. */
function endIfAsked({ ending }: NativeTurn): void {
  if (Atomics.load(ending, 0) === 1) process.exit();
}

function turnOfThisThread(): NativeTurn | undefined {
  const data: unknown = workerData;
  return typeof data === 'object' && data !== null && 'nativeTurn' in data
    ? (data.nativeTurn as NativeTurn)
    : undefined;
}
