import { Writable } from 'node:stream';
import winston from 'winston';
import type { Logger } from './logger.js';
import { createRedactor } from './redact.js';
import { traceIds } from './tracing.js';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

export interface LoggerOptions {
  service: string;
  instance: string;
  level: LogLevel;
  /** Values that must never be written; see secretsOf. */
  secrets?: readonly string[];
  /** Takes each line; stdout by default. */
  write?: (line: string) => void;
}

type Meta = Record<string, unknown>;

const reserved = new Set(['timestamp', 'level', 'service', 'instance', 'message']);

/** A logger whose level, and that of all its children, can be changed while it is used. */
export interface RootLogger extends Logger {
  level: LogLevel;
}

const rank: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3 };

/** One JSON object a line, on stdout: timestamp, level, service, instance, message, then the meta, redacted. */
export function createLogger(options: LoggerOptions): RootLogger {
  const secrets = options.secrets ?? [];
  const redactors = {
    usual: createRedactor(secrets, { stacks: false }),
    debug: createRedactor(secrets, { stacks: true }),
  };
  let now = options.level;
  const lines = winston.createLogger({
    level: 'debug',
    levels: { ...rank },
    format: winston.format.printf((info) =>
      toLine(info, options, redactors[now === 'debug' ? 'debug' : 'usual']),
    ),
    transports: [new winston.transports.Stream({ stream: sinkOf(options.write) })],
  });
  const bind = (bound: Meta): Logger => {
    const at =
      (level: LogLevel) =>
      (message: string, meta: Meta = {}): void => {
        if (rank[level] > rank[now]) return;
        lines.log({ level, message, meta: { ...bound, ...meta, ...traceIds() } });
      };
    return {
      error: at('error'),
      warn: at('warn'),
      info: at('info'),
      debug: at('debug'),
      child: (meta) => bind({ ...bound, ...meta }),
    };
  };
  return {
    ...bind({}),
    get level() {
      return now;
    },
    set level(level) {
      now = level;
    },
  };
}

function toLine(
  info: winston.Logform.TransformableInfo,
  { service, instance }: LoggerOptions,
  redact: (value: unknown, field?: string) => unknown,
): string {
  const meta = Object.entries(Object(info['meta'])).map(([key, value]) => {
    const name = reserved.has(key) ? `meta_${key}` : key;
    return [name, redact(value, key)] as const;
  });
  return JSON.stringify({
    timestamp: new Date().toISOString(),
    level: info.level,
    service,
    instance,
    message: redact(info.message),
    ...Object.fromEntries(meta),
  });
}

/** Straight to stdout: winston's own console transport is caught by test runners and may write to stderr. */
function sinkOf(
  write: (line: string) => void = (line) => void process.stdout.write(line),
): NodeJS.WritableStream {
  return new Writable({
    decodeStrings: false,
    write(chunk: unknown, _encoding, done) {
      write(String(chunk));
      done();
    },
  });
}
