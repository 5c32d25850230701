import { nameOf, ofKind } from './manifests.mjs';

/** @import { Manifest, Container, Secret } from './kinds.mjs' */

/**
 * One variable of a container.
 * @typedef {object} Variable
 * @property {string} name
 * @property {string | undefined} value undefined: what it refers to is not there
 * @property {string} from `ConfigMap x`, `Secret x key`, or `literal`
 * @property {boolean} optional
 * @property {boolean} shared of a ConfigMap that every service reads
 * @property {boolean} [listed] it stands in secrets.example.yaml
 */

/** @param {readonly Manifest[]} objects @param {string} name @param {readonly Secret[]} others */
const findSecret = (objects, name, others) =>
  [...ofKind(objects, 'Secret'), ...others].find((secret) => nameOf(secret) === name);

/** The text of a key of a Secret; data is base64. @param {Secret | undefined} secret @param {string} key */
const valueIn = (secret, key) =>
  secret?.stringData?.[key] ??
  (secret?.data?.[key] === undefined ? undefined : Buffer.from(secret.data[key], 'base64').toString());

/** The shared ConfigMap's name, with or without the hash that kustomize adds. */
const sharedName = /^image2model(-[a-z0-9]{10})?$/;

/**
 * The environment of a container as kubelet would make it; Secrets that are not among the objects are those of the example.
 * @param {Container} container @param {readonly Manifest[]} objects @param {readonly Secret[]} exampleSecrets
 * @returns {Variable[]}
 */
export function environmentOf({ envFrom = [], env = [] }, objects, exampleSecrets) {
  const maps = envFrom.flatMap(
    /** @returns {Variable[]} */ ({ configMapRef, secretRef }) => {
      const name = configMapRef?.name ?? secretRef?.name ?? '';
      const map = ofKind(objects, 'ConfigMap').find((each) => nameOf(each) === name);
      const from = configMapRef === undefined ? `Secret ${name} (all keys)` : `ConfigMap ${name}`;
      if (map === undefined) return [{ name: '*', value: undefined, from, optional: false, shared: false }];
      return Object.entries(map.data ?? {}).map(([key, value]) => ({
        name: key,
        value,
        from,
        optional: false,
        shared: sharedName.test(name),
      }));
    },
  );
  const own = env.flatMap(
    /** @returns {Variable[]} */ ({ name, value, valueFrom }) => {
      if (valueFrom?.fieldRef !== undefined) return [];
      const { secretKeyRef: secret, configMapKeyRef: map } = valueFrom ?? {};
      if (secret !== undefined) {
        const found = findSecret(objects, secret.name ?? '', exampleSecrets);
        const example = findSecret([], (secret.name ?? '').replace(/-[a-z0-9]{10}$/, ''), exampleSecrets);
        const listed = valueIn(example, secret.key) !== undefined;
        return [
          {
            name,
            value: valueIn(found, secret.key),
            from: `Secret ${secret.name} ${secret.key}`,
            optional: secret.optional === true,
            shared: false,
            listed,
          },
        ];
      }
      if (map !== undefined) {
        const found = ofKind(objects, 'ConfigMap').find((each) => nameOf(each) === map.name);
        return [
          {
            name,
            value: found?.data?.[map.key],
            from: `ConfigMap ${map.name} ${map.key}`,
            optional: map.optional === true,
            shared: false,
          },
        ];
      }
      return [{ name, value: value ?? '', from: 'literal', optional: false, shared: false }];
    },
  );
  return [...maps, ...own];
}
