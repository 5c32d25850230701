import { distinctObjects, judgeByRules, judgeBySchema } from '../checks/judge.mjs';
import { typeProblems } from '../checks/types.mjs';
import { autoscalerMutants } from './of-autoscalers.mjs';
import { policyAndSchemaMutants } from './of-policies-and-schemas.mjs';
import { wiringMutants } from './of-wiring.mjs';
import { workloadMutants } from './of-workloads.mjs';
import { copyOf, sets } from './mutant.mjs';

/** @import { Bundle } from '../checks/render.mjs' */
/** @import { Facts } from '../checks/load-facts.mjs' */
/** @import { Mutant } from './mutant.mjs' */

export const mutants = [
  ...workloadMutants,
  ...wiringMutants,
  ...policyAndSchemaMutants,
  ...autoscalerMutants,
];

/**
 * @typedef {{ mutant: Mutant, found: string[], problem: string }} Trial
 * `found`: the names of the rules that spoke, in order; a mutant is caught when that is the one rule that is meant
 */

/** @param {Mutant} mutant @param {readonly Bundle[]} bundles @returns {Bundle} */
function mutate(mutant, bundles) {
  const healthy = bundles.find(({ name }) => name === sets[mutant.of]);
  if (healthy === undefined) throw new Error(`there is no set "${sets[mutant.of]}" to make mutants of`);
  const objects = copyOf(healthy.objects);
  mutant.make(objects);
  return { ...healthy, objects };
}

/**
 * Makes every mistake, one at a time, and lets all rules and both schemas look at it. The compiler is asked once, for all.
 * @param {readonly Bundle[]} bundles healthy ones @param {Facts} facts @param {AbortSignal} [signal]
 * @returns {Promise<Trial[]>}
 */
export async function tryMutants(bundles, facts, signal) {
  const healthy = new Set(distinctObjects(bundles).map((object) => JSON.stringify(object)));
  const made = mutants.map((mutant) => {
    const bundle = mutate(mutant, bundles);
    return {
      mutant,
      bundle,
      changed: bundle.objects.filter((object) => !healthy.has(JSON.stringify(object))),
    };
  });
  const literals = made.flatMap(({ mutant, changed }) => changed.map((object) => ({ mutant, object })));
  const typed = await typeProblems(
    literals.map(({ object }) => object),
    signal,
  );
  return Promise.all(
    made.map(async ({ mutant, bundle, changed }) => {
      const findings = [
        ...judgeByRules(bundle, mutant.facts?.(facts) ?? facts),
        ...(await judgeBySchema(changed)),
        ...literals.flatMap((literal, at) =>
          literal.mutant === mutant ? (typed[at] ?? []).map((problem) => ({ rule: 'types', problem })) : [],
        ),
      ];
      return {
        mutant,
        found: [...new Set(findings.map(({ rule }) => rule))],
        problem: findings[0]?.problem ?? '',
      };
    }),
  );
}
