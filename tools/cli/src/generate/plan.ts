import type { Source } from './find-sources.js';
import type { Entry, State } from './state.js';

/** A source with its checksum; null for a URL. */
export interface HashedSource extends Source {
  sha256: string | null;
}

export interface Plan {
  /** What was sent before and is asked for again. */
  known: Entry[];
  /** What was not sent yet, or has changed since. */
  fresh: HashedSource[];
  /** Entries whose photo has another path now. */
  moved: Map<Entry, HashedSource>;
  /** Entries that a changed photo makes obsolete. */
  obsolete: Entry[];
}

/**
 * Whether an entry's photo is to be sent again: never when it was or may have been generated. A cancelled one that cost
 * nothing was not.
 */
export const isOpen = ({ status, cost_usd }: Entry): boolean => status === 'cancelled' && cost_usd === 0;

export interface PlanRules {
  /** Whether a known photo is to be sent again nevertheless. */
  again?: (entry: Entry) => boolean;
  /** Whether there is nothing at this path any more. */
  isGone(path: string): boolean;
}

/**
 * What is to be done about the sources of this run. A photo is known by path and content; one that was moved or renamed
 * is known by its content, so that a renamed folder is not paid again.
 */
export function planOf(
  state: State,
  sources: readonly HashedSource[],
  { again = isOpen, isGone }: PlanRules,
): Plan {
  const byPath = new Map(state.files.map((entry) => [entry.source, entry]));
  const here = new Set(sources.map(({ source }) => source));
  const moved = new Map<string, Entry[]>();
  for (const entry of state.files)
    if (entry.sha256 !== null && !here.has(entry.source) && isGone(entry.source))
      moved.set(entry.sha256, [...(moved.get(entry.sha256) ?? []), entry]);
  const plan: Plan = { known: [], fresh: [], moved: new Map(), obsolete: [] };
  for (const source of sources) {
    const own = byPath.get(source.source);
    const same = own?.sha256 === source.sha256 ? own : undefined;
    const entry = same ?? (source.sha256 === null ? undefined : moved.get(source.sha256)?.shift());
    if (entry !== undefined && !again(entry)) {
      plan.known.push(entry);
      if (entry !== own) plan.moved.set(entry, source);
      // what was at this path is nowhere now; two entries of one path would be one too many
      if (entry !== own && own !== undefined) plan.obsolete.push(own);
      continue;
    }
    plan.fresh.push(source);
    if (own !== undefined) plan.obsolete.push(own);
  }
  return plan;
}

/** What one request may hold. */
export const chunkLimits = { files: 500, bytes: 200 * 1024 * 1024 } as const;

/** Cuts sources into requests, in their order; photos and URLs travel apart. */
export function chunksOf<T extends Pick<Source, 'kind' | 'bytes'>>(
  sources: readonly T[],
  limits: { files: number; bytes: number } = chunkLimits,
): T[][] {
  const chunks: T[][] = [];
  for (const kind of ['file', 'url'] as const) {
    let chunk: T[] = [];
    let bytes = 0;
    for (const source of sources.filter((each) => each.kind === kind)) {
      const size = source.bytes ?? 0;
      if (chunk.length > 0 && (chunk.length >= limits.files || bytes + size > limits.bytes)) {
        chunks.push(chunk);
        chunk = [];
        bytes = 0;
      }
      chunk.push(source);
      bytes += size;
    }
    if (chunk.length > 0) chunks.push(chunk);
  }
  return chunks;
}

/** The part of a budget that falls to some of all files, whole millionths, never more than it in sum. */
export const shareOfBudget = (budgetUsd: number, files: number, of: number): number =>
  Math.floor((budgetUsd * 1_000_000 * files) / of) / 1_000_000;
