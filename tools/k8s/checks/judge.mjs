import { schemaProblems } from './schema.mjs';
import { titleOf } from './manifests.mjs';
import { services } from '../rules/rule.mjs';
import { rules } from '../rules/rules.mjs';

/** @import { Bundle } from './render.mjs' */
/** @import { Facts } from './load-facts.mjs' */
/** @import { Manifest } from './kinds.mjs' */

/** @typedef {{ rule: string, problem: string }} Finding */

/** What the rules say of one set. @param {Bundle} bundle @param {Facts} facts @returns {Finding[]} */
export const judgeByRules = (bundle, facts) =>
  rules.flatMap((rule) => rule.check(bundle, facts).map((problem) => ({ rule: rule.name, problem })));

/** Each different object once: most are the same in many sets. @param {readonly Bundle[]} bundles */
export function distinctObjects(bundles) {
  /** @type {Map<string, Manifest>} */
  const seen = new Map();
  for (const { objects } of bundles) for (const object of objects) seen.set(JSON.stringify(object), object);
  return [...seen.values()];
}

/** What the schemas say. @param {readonly Manifest[]} objects @returns {Promise<Finding[]>} */
export async function judgeBySchema(objects) {
  const found = await Promise.all(
    objects.map(async (object) =>
      (await schemaProblems(object)).map((problem) => ({
        rule: 'schema',
        problem: `${titleOf(object)}: ${problem}`,
      })),
    ),
  );
  return found.flat();
}

/**
 * Whether the logins of secrets.example.yaml are those that its bootstrap job would make: who copies it should not have to find out.
 * @param {Facts} facts @returns {Finding[]}
 */
export function judgeLogins({ exampleSecrets }) {
  const textOf = (/** @type {string} */ name, /** @type {string} */ key) =>
    exampleSecrets.find(({ metadata }) => metadata?.name === `image2model-${name}`)?.stringData?.[key] ?? '';
  return services.flatMap((service) => {
    const password = textOf('bootstrap', `BOOTSTRAP_PASSWORD_${service.toUpperCase().replaceAll('-', '_')}`);
    return ['AMQP_URL', 'REDIS_URL']
      .filter((key) => !textOf(service, key).includes(`://i2m-${service}:${password}@`))
      .map((key) => ({
        rule: 'example',
        problem: `secrets.example.yaml: ${key} of ${service} is not the login that the bootstrap job makes`,
      }));
  });
}

/**
 * Secrets that secrets.example.yaml lists and nothing reads: somebody would fill them in for nothing.
 * @param {readonly Bundle[]} bundles @param {Facts} facts @returns {Finding[]}
 */
export function judgeExample(bundles, { exampleSecrets }) {
  const text = bundles
    .map(({ objects }) => JSON.stringify(objects.filter(({ kind }) => kind !== 'Secret')))
    .join('\n');
  return exampleSecrets.flatMap((secret) => {
    const name = secret.metadata?.name ?? '';
    if (!text.includes(`"${name}"`))
      return [{ rule: 'references', problem: `secrets.example.yaml: nobody reads ${name}` }];
    if (text.includes(`"secretName":"${name}"`)) return [];
    return (
      Object.keys(secret.stringData ?? {})
        // kustomize writes the keys of an object in alphabetical order
        .filter((key) => !text.includes(`"key":"${key}","name":"${name}"`))
        .map((key) => ({
          rule: 'references',
          problem: `secrets.example.yaml: nobody reads ${key} of ${name}`,
        }))
    );
  });
}
