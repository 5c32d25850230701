import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The top of the repository, found from the working directory upwards. */
export function repoRoot(from: string = process.cwd()): string {
  if (existsSync(join(from, 'nx.json'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error(`${process.cwd()} is not inside the repository`);
  return repoRoot(parent);
}
