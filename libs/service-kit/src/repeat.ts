import type { Logger } from './logger.js';
import type { Closable } from './closing-stack.js';

export interface Repetition extends Closable {
  /** Stops, and waits for the run under way. */
  close(): Promise<void>;
  /** Runs as soon as possible, without waiting for the next turn. */
  nudge(): void;
}

export interface RepeatOptions {
  name: string;
  /** From the end of one run to the start of the next. */
  everyMs: number;
  /** The first run at once rather than after the first interval; true by default. */
  atOnce?: boolean;
  logger: Logger;
  run: () => unknown;
}

/** Runs something again and again, never twice at a time; a failure is logged and the next turn comes all the same. */
export function repeat({ name, everyMs, atOnce = true, logger, run }: RepeatOptions): Repetition {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let nudged = false;
  let closed = false;

  const turn = async (): Promise<void> => {
    try {
      await run();
    } catch (error) {
      logger.warn(`${name} failed`, { error });
    }
  };
  const begin = (): void => {
    nudged = false;
    running = turn().finally(() => {
      running = undefined;
      if (!closed) plan(nudged ? 0 : everyMs);
    });
  };
  const plan = (delayMs: number): void => {
    clearTimeout(timer);
    timer = setTimeout(begin, delayMs);
  };
  plan(atOnce ? 0 : everyMs);
  return {
    nudge: () => {
      nudged = true;
      if (!closed && running === undefined) plan(0);
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await running;
    },
  };
}
