import { rules } from '../rules/rules.mjs';
import { isCaught } from '../mutants/is-caught.mjs';
import { tryMutants } from '../mutants/try-mutants.mjs';
import { findKustomize } from './find-kustomize.mjs';
import { distinctObjects, judgeByRules, judgeBySchema, judgeExample, judgeLogins } from './judge.mjs';
import { loadFacts } from './load-facts.mjs';
import { titleOf } from './manifests.mjs';
import { isPrometheusRuleCurrent } from './prometheus-rule.mjs';
import { renderAll } from './render-all.mjs';
import { typeProblems } from './types.mjs';

/** @import { Bundle } from './render.mjs' */
/** @import { Facts } from './load-facts.mjs' */

/**
 * One line of the result.
 * @typedef {{ check: string, about: string, problems: string[] }} Row
 * @typedef {object} Outcome
 * @property {string} kustomize its version
 * @property {Bundle[]} bundles
 * @property {number} objects different ones
 * @property {Row[]} rows
 * @property {import('../mutants/try-mutants.mjs').Trial[]} trials
 */

/** The same breach of many sets is told once, with one of them. @param {readonly Bundle[]} bundles @param {Facts} facts @returns {Row[]} */
function rowsOfRules(bundles, facts) {
  /** @type {Map<string, { rule: string, in: string[] }>} */
  const found = new Map();
  for (const bundle of bundles)
    for (const { rule, problem } of judgeByRules(bundle, facts)) {
      const known = found.get(problem) ?? { rule, in: [] };
      found.set(problem, { rule, in: [...known.in, bundle.name] });
    }
  return rules.map(({ name, about }) => ({
    check: name,
    about,
    problems: [...found]
      .filter(([, { rule }]) => rule === name)
      .map(
        ([problem, { in: sets }]) =>
          `${problem} (${sets[0]}${sets.length > 1 ? ` and ${sets.length - 1} more` : ''})`,
      ),
  }));
}

/** @param {readonly Bundle[]} bundles @param {Facts} facts @param {AbortSignal} [signal] @returns {Promise<Row[]>} */
async function rowsOfSchemas(bundles, facts, signal) {
  const objects = distinctObjects(bundles);
  const [schema, types] = await Promise.all([judgeBySchema(objects), typeProblems(objects, signal)]);
  const misspelt = objects.flatMap((object, at) =>
    (types[at] ?? []).map((problem) => `${titleOf(object)}: ${problem}`),
  );
  const current = await isPrometheusRuleCurrent(facts.alertGroups);
  return [
    {
      check: 'schema',
      about: 'the schemas of Kubernetes, KEDA and the Prometheus operator (kubernetes-models, AJV)',
      problems: schema.map(({ problem }) => problem),
    },
    {
      check: 'types',
      about: 'no field that their types do not know (TypeScript literals)',
      problems: misspelt,
    },
    {
      check: 'example',
      about: 'secrets.example.yaml lists nothing that nobody reads, and logins that fit',
      problems: [...judgeExample(bundles, facts), ...judgeLogins(facts)].map(({ problem }) => problem),
    },
    {
      check: 'generated',
      about: 'prometheus-rule.yaml is what observability/ makes it',
      problems: current ? [] : ['prometheus-rule.yaml is out of date: npm run k8s:check -- --write'],
    },
  ];
}

/**
 * Renders everything, and judges it; then makes every known mistake and looks whether it is found. Under a minute.
 * @param {{ log: (text: string) => void, signal?: AbortSignal, allowInstall?: boolean, onStep?: (step: string) => void }} context
 * @returns {Promise<Outcome>}
 */
export async function checkManifests({ log, signal, allowInstall = true, onStep = () => undefined }) {
  const kustomize = await findKustomize({ log, signal, allowInstall });
  onStep('reading the code');
  const facts = await loadFacts();
  const onDone = (/** @type {number} */ done, /** @type {number} */ of) => onStep(`rendering ${done}/${of}`);
  const { bundles, problems } = await renderAll(kustomize, { signal, onDone });
  const render = { check: 'render', about: 'every overlay, component and combination renders', problems };
  onStep('rules and schemas');
  const rows = [render, ...(await rowsOfSchemas(bundles, facts, signal)), ...rowsOfRules(bundles, facts)];
  onStep('mistakes');
  // mutants of what is broken already would tell nothing
  const trials = rows.every((row) => row.problems.length === 0)
    ? await tryMutants(bundles, facts, signal)
    : [];
  return { kustomize: kustomize.version, bundles, objects: distinctObjects(bundles).length, rows, trials };
}

/** @param {Outcome} outcome */
export const isGood = ({ rows, trials }) =>
  rows.every(({ problems }) => problems.length === 0) && trials.length > 0 && trials.every(isCaught);
