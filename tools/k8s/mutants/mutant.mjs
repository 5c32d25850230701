import { nameOf, ofKind, podOf } from '../checks/manifests.mjs';

/** @import { Manifest, Container } from '../checks/kinds.mjs' */

/** Sets that mutants are made of, by the names that render gives them. */
export const sets = {
  production: 'overlay production',
  local: 'overlay local',
  inside: 'autoscale-keda, in-cluster brokers, object-storage',
  encrypted: 'autoscale-keda, in-cluster brokers with TLS, object-storage',
  plain: 'autoscale-hpa, in-cluster brokers, shared-volume',
};

/**
 * One mistake that somebody could make, and the one rule that has to find it.
 * @typedef {object} Mutant
 * @property {string} mistake
 * @property {keyof typeof sets} of
 * @property {string} rule the name of a rule, `schema` or `types`
 * @property {(objects: Manifest[]) => void} make changes the objects, a copy
 * @property {(facts: import('../checks/load-facts.mjs').Facts) => import('../checks/load-facts.mjs').Facts} [facts] what the code would be
 */

/**
 * The object of this kind and name (a generated name without its hash will do).
 * @template {Manifest['kind']} K
 * @param {readonly Manifest[]} objects @param {K} kind @param {string} name
 * @returns {Extract<Manifest, { kind: K }>}
 */
export function pick(objects, kind, name) {
  const found = ofKind(objects, kind).find(
    (object) => nameOf(object).replace(/-[a-z0-9]{10}$/, '') === name || nameOf(object) === name,
  );
  if (found === undefined) throw new Error(`no ${kind} ${name} to make a mistake in`);
  return found;
}

/** The container of a Deployment. @param {readonly Manifest[]} objects @param {string} name @returns {Container} */
export function containerOf(objects, name) {
  const [container] = podOf(pick(objects, 'Deployment', name)).containers;
  if (container === undefined) throw new Error(`${name} has no container`);
  return container;
}

/** @param {readonly Manifest[]} objects @param {string} name */
export const podIn = (objects, name) => podOf(pick(objects, 'Deployment', name));

/** @template T @param {T} value as JSON has it @returns {T} */
export const copyOf = (value) => JSON.parse(JSON.stringify(value));

/** Takes objects out. @param {Manifest[]} objects @param {Manifest} object */
export const without = (objects, object) => void objects.splice(objects.indexOf(object), 1);

/** Something that types would not let pass. @param {object} target @param {Record<string, unknown>} change */
export const force = (target, change) => void Object.assign(target, change);
