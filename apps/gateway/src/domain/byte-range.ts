/** What a Range header asks of an object: all of it, bytes `start` to `end` (inclusive), or something it does not have. */
export type WantedRange =
  { want: 'all' } | { want: 'part'; start: number; end: number } | { want: 'impossible' };

/** One range of bytes; several ranges and other units are answered with the whole, as RFC 9110 allows. */
export function wantedRange(header: string | undefined, size: number): WantedRange {
  const match = /^\s*bytes\s*=\s*(\d{0,15})-(\d{0,15})\s*$/i.exec(header ?? '');
  const [, from = '', to = ''] = match ?? [];
  if (match === null || (from === '' && to === '')) return { want: 'all' };
  if (from === '') return suffix(Number(to), size);
  const start = Number(from);
  const end = to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== '' && Number(to) < start) return { want: 'all' };
  return start < size ? { want: 'part', start, end } : { want: 'impossible' };
}

function suffix(length: number, size: number): WantedRange {
  if (length === 0 || size === 0) return { want: 'impossible' };
  return { want: 'part', start: Math.max(0, size - length), end: size - 1 };
}
