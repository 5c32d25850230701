import closeWithGrace, { type AllEvents } from 'close-with-grace';
import type { Logger } from './logger.js';

/** From the order to stop to the last moment; a pod is killed at 30 s. */
const drainMs = 25_000;

/** close-with-grace kills at a second signal; here the first one is enough and the rest are ignored. */
const skipped: AllEvents[] = [
  ...(['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGILL', 'SIGTRAP', 'SIGABRT'] as const),
  ...(['SIGBUS', 'SIGFPE', 'SIGSEGV', 'SIGUSR2', 'SIGTERM', 'beforeExit'] as const),
];

export interface ProcessEnd {
  /** As SIGTERM would. */
  stop(reason: string): void;
  /** Logs why, drains and exits 1. */
  failed(message: string, error: unknown): void;
}

/**
 * Ends the process in order, once: exit 0 after SIGTERM or SIGINT, 1 after a defect, a failed start, a resource
 * that could not be closed or 25 s.
 * @param drain closes everything; answers how many things it could not close
 */
export function onProcessEnd(logger: Logger, drain: () => Promise<number>): ProcessEnd {
  let ending = false;
  let failedStart = false;
  const end = closeWithGrace(
    {
      delay: drainMs,
      logger: false,
      skip: skipped,
      onSecondError: (error) => logger.error('a second defect while stopping', { error }),
      onTimeout: () => logger.error('not closed in time', { limitMs: drainMs }),
    },
    async ({ err }) => {
      ending = true;
      if (err !== undefined) logger.error('uncaught error', { error: err });
      const unclosed = await drain();
      logger.info('stopped', { unclosed });
      if (unclosed > 0 || failedStart) throw new Error('not a clean end');
    },
  );
  const stop = (why: Record<string, string>): void => {
    logger.info(ending ? 'already stopping' : 'stopping', why);
    if (ending) return;
    ending = true;
    end.close();
  };
  const onSignal = (signal: NodeJS.Signals): void => stop({ signal });
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  return {
    stop: (reason) => stop({ reason }),
    failed: (message, error) => {
      logger.error(message, { error });
      if (ending) return;
      ending = failedStart = true;
      end.close();
    },
  };
}
