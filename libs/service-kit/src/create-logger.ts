import { Writable } from 'node:stream';
import winston from 'winston';
import type { Logger } from './logger.js';
import { createRedactor } from './redact.js';

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

/** One JSON object a line, on stdout: timestamp, level, service, instance, message, then the meta, redacted. */
export function createLogger(options: LoggerOptions): Logger {
  const redact = createRedactor(options.secrets ?? [], { stacks: options.level === 'debug' });
  const lines = winston.createLogger({
    level: options.level,
    levels: { error: 0, warn: 1, info: 2, debug: 3 },
    format: winston.format.printf((info) => toLine(info, options, redact)),
    transports: [new winston.transports.Stream({ stream: sinkOf(options.write) })],
  });
  const bind = (bound: Meta): Logger => {
    const at =
      (level: LogLevel) =>
      (message: string, meta: Meta = {}): void => {
        lines.log({ level, message, meta: { ...bound, ...meta } });
      };
    return {
      error: at('error'),
      warn: at('warn'),
      info: at('info'),
      debug: at('debug'),
      child: (meta) => bind({ ...bound, ...meta }),
    };
  };
  return bind({});
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
