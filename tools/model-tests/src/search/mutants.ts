import type { Scripts } from '../world/connection.js';
import { coordinationMutants } from './coordination-mutants.js';
import { ledgerMutants } from './ledger-mutants.js';

/** A plausible bug: in one script, or in the text that several share, `find` becomes `put`. */
export interface Mutant {
  name: string;
  /** name of the script without lua_; absent for shared text */
  script?: string;
  find: string;
  put: string;
}

export const mutants: readonly Mutant[] = [...coordinationMutants, ...ledgerMutants];

/** @throws Error when a mutant's text is not in its script any more: then it tests nothing */
export function mutate(scripts: Scripts, { name, script, find, put }: Mutant): Scripts {
  let hits = 0;
  const changed = Object.entries(scripts).map(([key, { lua }]): [string, { lua: string }] => {
    if ((script !== undefined && key !== `lua_${script}`) || !lua.includes(find)) return [key, { lua }];
    hits += 1;
    if (lua.split(find).length !== 2)
      throw new Error(`the mutant "${name}" finds its text more than once in ${key}`);
    return [key, { lua: lua.replace(find, () => put) }];
  });
  if (hits === 0)
    throw new Error(
      `the mutant "${name}" does not find its text${script === undefined ? '' : ` in ${script}`}: ${find}`,
    );
  return Object.fromEntries(changed);
}
