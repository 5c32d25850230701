import { type BatchView, isEnded } from '../api/views.js';
import { between, grouped, usd } from '../output/format.js';
import type { Entry } from './state.js';

/** A file that is being worked on. */
export interface RunningFile {
  name: string;
  progress: number;
  stage: string;
}

/** What is to be seen of a run while it goes on. */
export interface Board {
  /** The entries that this run is about. */
  readonly scope: Set<Entry>;
  readonly running: Map<Entry, RunningFile>;
  /** The last that was heard of each batch. */
  readonly views: Map<string, BatchView>;
  /** Photos that are not sent yet. */
  unsent: number;
  /** Why nothing goes on. */
  waiting: string | null;
}

export const createBoard = (): Board => ({
  scope: new Set(),
  running: new Map(),
  views: new Map(),
  unsent: 0,
  waiting: null,
});

export interface BoardCounts {
  total: number;
  completed: number;
  failed: number;
  cancelled: number;
  running: number;
  pending: number;
  unsent: number;
  saved: number;
}

/** How many files are where. */
export function countsOf({ scope, running, unsent }: Board): BoardCounts {
  const counts = { completed: 0, failed: 0, cancelled: 0, sent: 0, saved: 0 };
  for (const { status, saved } of scope) {
    counts[status] += 1;
    if (saved) counts.saved += 1;
  }
  const { sent, ...settled } = counts;
  return {
    ...settled,
    total: scope.size + unsent,
    running: running.size,
    pending: Math.max(0, sent - running.size),
    unsent,
  };
}

/** From 0 to 1; a file under way counts as far as it is. */
export function shareDone(board: Board): number {
  const { total, completed, failed, cancelled } = countsOf(board);
  if (total === 0) return 1;
  let underWay = 0;
  for (const { progress } of board.running.values()) underWay += progress / 100;
  return Math.min(1, (completed + failed + cancelled + underWay) / total);
}

/** The longest guess of all batches that go on. */
export function etaOf({ views }: Board): [number, number] | null {
  const guesses = [...views.values()].flatMap((view) =>
    isEnded(view) || view.eta_seconds === null ? [] : [view.eta_seconds],
  );
  if (guesses.length === 0) return null;
  return [Math.max(...guesses.map(([low]) => low)), Math.max(...guesses.map(([, high]) => high))];
}

/** What was paid so far, of all batches of the run, in US dollars. */
export const costOf = ({ views }: Board): number =>
  [...views.values()].reduce((sum, { cost }) => sum + cost.actual_usd, 0);

const estimateOf = ({ views }: Board): number =>
  [...views.values()].reduce((sum, { cost }) => sum + cost.estimated_usd, 0);

/** The state of things in one line. */
export function boardLine(board: Board): string {
  const { total, completed, failed, cancelled, running, unsent, saved } = countsOf(board);
  const eta = between(etaOf(board));
  const estimated = estimateOf(board);
  return [
    `${grouped(completed)} of ${grouped(total)} done`,
    ...(running > 0 ? [`${grouped(running)} running`] : []),
    ...(failed > 0 ? [`${grouped(failed)} failed`] : []),
    ...(cancelled > 0 ? [`${grouped(cancelled)} cancelled`] : []),
    ...(unsent > 0 ? [`${grouped(unsent)} to send`] : []),
    ...(saved < completed ? [`${grouped(completed - saved)} to fetch`] : []),
    ...(estimated > 0 ? [`${usd(costOf(board))} of ~${usd(estimated)}`] : []),
    ...(eta === '' ? [] : [`${eta} to go`]),
  ].join(' · ');
}
