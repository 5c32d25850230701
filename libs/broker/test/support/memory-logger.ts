import type { Logger } from '@image2model/service-kit';

/** Keeps what was logged, one line each. */
export interface MemoryLogger extends Logger {
  readonly lines: string[];
}

export function memoryLogger(): MemoryLogger {
  const lines: string[] = [];
  const log =
    (level: string) =>
    (message: string, meta: Record<string, unknown> = {}): void =>
      void lines.push(`${level} ${message} ${JSON.stringify(meta)}`);
  const logger: MemoryLogger = {
    lines,
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
    child: () => logger,
  };
  return logger;
}
