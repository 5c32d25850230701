import { invalidRequest } from './http-problem.js';

/** b batches, f files, t tasks, d dead letters, w deliveries of webhooks */
export type CursorKind = 'b' | 'f' | 't' | 'd' | 'w';

/** Cursors are opaque to callers: a kind and a position. */
export const toCursor = (kind: CursorKind, position: string): string =>
  Buffer.from(`${kind}:${position}`).toString('base64url');

/** @throws HttpProblem 422 for anything that toCursor did not make */
export function fromCursor(kind: CursorKind, cursor: string, position: RegExp): string {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const at = text.slice(2);
  if (text.startsWith(`${kind}:`) && position.test(at) && toCursor(kind, at) === cursor) return at;
  throw invalidRequest([{ path: 'cursor', message: 'is not the next_cursor of a page of this list' }]);
}
