import { hashFile } from './hash-file.js';
import type { Skipped, Source } from './find-sources.js';
import type { HashedSource } from './plan.js';
import type { State } from './state.js';

/** Checksums of the photos; what has the size and time of the last run is taken to be the same. Unreadable ones are skipped. */
export async function hashSources(
  state: State,
  sources: readonly Source[],
  skipped: Skipped[],
): Promise<HashedSource[]> {
  const known = new Map(state.files.map((entry) => [entry.source, entry]));
  const hashed: HashedSource[] = [];
  for (const source of sources) {
    const before = known.get(source.source);
    const same = before !== undefined && before.bytes === source.bytes && before.mtime_ms === source.mtimeMs;
    if (source.kind === 'url') hashed.push({ ...source, sha256: null });
    else if (same) hashed.push({ ...source, sha256: before.sha256 });
    else
      try {
        hashed.push({ ...source, sha256: await hashFile(source.source) });
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'error';
        skipped.push({ source: source.source, reason: `cannot be read (${code})` });
      }
  }
  return hashed;
}
