import { clip, inert, pad, textWidth } from './text-width.js';
import type { Paint, Tone } from './paint.js';

/** One column of a table. */
export interface Column<R> {
  title: string;
  of(row: R): string;
  tone?(row: R): Tone | undefined;
  align?: 'left' | 'right';
  /** Gives way when the table is too wide. */
  flexible?: boolean;
}

const gap = 2;
const narrowest = 8;

function widthsOf<R>(columns: readonly Column<R>[], cells: readonly string[][], width: number): number[] {
  const widths = columns.map(({ title }, at) =>
    Math.max(textWidth(title), ...cells.map((row) => textWidth(row[at] ?? ''))),
  );
  let over = widths.reduce((sum, each) => sum + each, 0) + gap * (columns.length - 1) - width;
  // the widest flexible column gives first
  for (; over > 0; over -= 1) {
    const widest = columns
      .map(({ flexible }, at) => ({ at, width: flexible === true ? (widths[at] ?? 0) : 0 }))
      .reduce((most, each) => (each.width > most.width ? each : most), { at: -1, width: narrowest });
    if (widest.at === -1) break;
    widths[widest.at] = widest.width - 1;
  }
  return widths;
}

/** Rows under titles, aligned by columns, within the width of the terminal where columns can give way. */
export function table<R>(
  columns: readonly Column<R>[],
  rows: readonly R[],
  { width, paint }: { width: number; paint: Paint },
): string {
  const cells = rows.map((row) => columns.map((column) => inert(column.of(row))));
  const widths = widthsOf(columns, cells, width);
  const last = columns.length - 1;
  const fitted = (text: string, at: number): string => {
    const short = clip(text, widths[at] ?? 0);
    const align = columns[at]?.align ?? 'left';
    return at === last && align === 'left' ? short : pad(short, widths[at] ?? 0, align);
  };
  const head = columns.map(({ title }, at) => paint(fitted(title, at), 'faint')).join(' '.repeat(gap));
  const body = rows.map((row, n) =>
    columns
      .map((column, at) => paint(fitted(cells[n]?.[at] ?? '', at), column.tone?.(row)))
      .join(' '.repeat(gap)),
  );
  return [head, ...body].map((line) => line.trimEnd()).join('\n');
}
