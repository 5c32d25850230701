import { modelOf } from './kinds.mjs';

/** @import { Manifest } from './kinds.mjs' */

/**
 * First look: the schema of each kind as Kubernetes, KEDA and the Prometheus operator publish it (kubernetes-models, by AJV). It knows values
 * and required fields, and lets misspelt ones pass, which typeProblems finds.
 * @param {Manifest} manifest @returns {Promise<string[]>}
 */
export async function schemaProblems(manifest) {
  const found = modelOf(manifest);
  if (found === null) return [];
  const { [found.model]: Model } = await import(found.module);
  try {
    new Model(manifest).validate();
    return [];
  } catch (error) {
    return [String(/** @type {Error} */ (error).message)];
  }
}
