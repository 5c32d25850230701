import { openConnection } from '../world/connection.js';
import { ledgerMutants } from './ledger-mutants.js';
import { mutants, mutate, type Mutant } from './mutants.js';
import { search, type Finding } from './search.js';

export interface Caught {
  mutant: Mutant;
  /** null: it survived */
  finding: Finding | null;
  /** runs until then */
  runs: number;
}

/** Searches with scripts that were broken on purpose, one after the other, each until its first violation. */
export async function tryMutants(
  url: string,
  { runs, seed, onMutant }: { runs: number; seed: number; onMutant?: (done: Caught) => void },
): Promise<Caught[]> {
  const results: Caught[] = [];
  for (const mutant of mutants) {
    const connection = await openConnection(url, (scripts) => mutate(scripts, mutant));
    try {
      const { finding, runs: tried } = await search(connection, {
        runs,
        seed,
        paid: ledgerMutants.includes(mutant),
        shrink: false,
      });
      const result = { mutant, finding, runs: tried };
      results.push(result);
      onMutant?.(result);
    } finally {
      await connection.close();
    }
  }
  return results;
}
