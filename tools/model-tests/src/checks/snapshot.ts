import { keys } from '@image2model/progress/parts';
import type { Redis } from 'ioredis';

/** The state of a batch after a step. */
export interface Snapshot {
  state: string;
  run: number;
  total: number;
  counters: { R: number; S: number; F: number; X: number };
  cursor: number;
  sealed: boolean;
  held: boolean;
  /** why */
  reasons: readonly string[];
  /** up to where a retry has looked at the files; null when none is under way */
  retryAt: number | null;
  states: string;
  /** in millionths of a dollar; budget: null without one */
  spent: number;
  reserved: number;
  budget: number | null;
}

const fields = [
  'state',
  'run',
  'total',
  'nR',
  'nS',
  'nF',
  'nX',
  'cursor',
  'sealed',
  'hold',
  'retry_at',
  'spent',
  'reserved',
  'budget',
] as const;

/** Sent in the same turn as the step's own command, so it costs no further round trip. */
export async function takeSnapshot(redis: Redis, batchId: string): Promise<Snapshot> {
  const [hash, states] = await Promise.all([
    redis.hmget(keys.batch(batchId), ...fields),
    redis.get(keys.states(batchId)),
  ]);
  const [state, run, total, nR, nS, nF, nX, cursor, sealed, hold, retryAt, spent, reserved, budget] = hash;
  return {
    state: state ?? 'missing',
    run: Number(run),
    total: Number(total),
    counters: { R: Number(nR ?? 0), S: Number(nS ?? 0), F: Number(nF ?? 0), X: Number(nX ?? 0) },
    cursor: Number(cursor ?? 0),
    sealed: sealed === '1',
    held: typeof hold === 'string',
    reasons: typeof hold === 'string' ? Object.keys(JSON.parse(hold) as object) : [],
    retryAt: retryAt === null || retryAt === undefined ? null : Number(retryAt),
    states: states ?? '',
    spent: Number(spent ?? 0),
    reserved: Number(reserved ?? 0),
    budget: budget === null || budget === undefined ? null : Number(budget),
  };
}

export const isTerminalState = (state: string): boolean =>
  state === 'completed' || state === 'partial' || state === 'failed' || state === 'cancelled';
export const isTerminalByte = (byte: string | undefined): boolean =>
  byte === 'S' || byte === 'F' || byte === 'X';

export function countBytes(states: string): { P: number; R: number; S: number; F: number; X: number } {
  const counts = { P: 0, R: 0, S: 0, F: 0, X: 0 };
  for (const byte of states) counts[byte as keyof typeof counts] += 1;
  return counts;
}

/** The terminal state of a run with these files. */
export function statusOf({ S, F, X }: { S: number; F: number; X: number }): string {
  if (X > 0) return 'cancelled';
  if (S === 0 && F > 0) return 'failed';
  return F > 0 ? 'partial' : 'completed';
}
