import type { Environment } from '../config.js';
import { painter, type Paint } from './paint.js';
import { table, type Column } from './table.js';

/** Where a command writes: results to stdout, everything for people's eyes only to stderr. */
export interface Terminal {
  readonly json: boolean;
  /** Somebody can be asked. */
  readonly interactive: boolean;
  /** stderr can be redrawn. */
  readonly live: boolean;
  /** Columns of stdout. */
  readonly width: number;
  readonly paint: Paint;
  /** A line of the result; nothing with --json. */
  line(text: string): void;
  /** The result: as JSON with --json, else as the text that `render` makes. */
  result(value: unknown, render: () => string): void;
  /** One JSON value on one line, for streams of them. */
  jsonLine(value: unknown): void;
  /** To stderr, also with --json. */
  note(text: string): void;
  /** Rows under titles, or `empty` when there are none. */
  table<R>(columns: readonly Column<R>[], rows: readonly R[], empty: string): string;
}

/** Wide enough for everything when nobody looks at it. */
const pipeWidth = 100_000;

function wantsColor({ NO_COLOR, FORCE_COLOR, TERM }: Environment): boolean {
  if (NO_COLOR !== undefined) return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0';
  return process.stdout.isTTY && TERM !== 'dumb';
}

/** The terminal of this process. */
export function openTerminal(environment: Environment, json: boolean): Terminal {
  const { stdout, stderr, stdin } = process;
  const paint = painter(wantsColor(environment));
  const width = environment.COLUMNS ?? (stdout.isTTY ? stdout.columns : pipeWidth);
  const print = (text: string): void => void stdout.write(`${text}\n`);
  return {
    json,
    interactive: stdin.isTTY && stderr.isTTY && !json,
    live: stderr.isTTY && environment.TERM !== 'dumb',
    width,
    paint,
    line: (text) => {
      if (!json) print(text);
    },
    result: (value, render) => print(json ? JSON.stringify(value, null, 2) : render()),
    jsonLine: (value) => print(JSON.stringify(value)),
    note: (text) => void stderr.write(`${text}\n`),
    table: (columns, rows, empty) => (rows.length === 0 ? empty : table(columns, rows, { width, paint })),
  };
}
