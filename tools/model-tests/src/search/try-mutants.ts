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

interface Trial {
  runs: number;
  seed: number;
  /** all of them unless told otherwise */
  among?: readonly Mutant[];
  onMutant?: (done: Caught) => void;
}

/** Searches with scripts that were broken on purpose, one after the other, each until its first violation. */
export async function tryMutants(
  url: string,
  { runs, seed, among = mutants, onMutant }: Trial,
): Promise<Caught[]> {
  const results: Caught[] = [];
  for (const mutant of among) {
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
