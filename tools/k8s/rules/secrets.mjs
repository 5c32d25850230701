import { containersOf, ofKind, titleOf, workloadsOf } from '../checks/manifests.mjs';

/** @import { Rule } from './rule.mjs' */

/** Names of variables whose value nobody else may know. */
const secretName =
  /(SECRET|PASSWORD|TOKEN|CREDENTIAL|(_|^)KEYS?($|_)|SLACK_URL|OTLP_HEADERS|^AMQP_URL|^REDIS_URL|WEBHOOK_URL)/;
/** Files that hold a key are named by a path; that is no secret. */
const pathName = /_FILE$/;
/** A login in a URL, a private key. */
const secretValue = /[a-z+]+:\/\/[^/\s:@]*:[^/\s@]+@|-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/** @param {string} key @param {string} value */
const looksSecret = (key, value) =>
  (secretName.test(key) && !pathName.test(key) && value !== '') || secretValue.test(value);

/** @type {Rule} */
export const noSecretsInside = {
  name: 'no-secrets-inside',
  about:
    'secrets are in Secrets: none in a ConfigMap, a command or a literal variable, and no Secret but in the local overlay',
  check: ({ objects, name }) => [
    ...ofKind(objects, 'ConfigMap').flatMap((map) =>
      Object.entries(map.data ?? {})
        // files of programs, which take their passwords from variables, are looked at for values only
        .filter(([key, value]) =>
          /[.]/.test(key) ? secretValue.test(value.replace(/\$\w+/g, '')) : looksSecret(key, value),
        )
        .map(([key]) => `${titleOf(map)}: ${key} belongs in a Secret`),
    ),
    ...workloadsOf(objects).flatMap((workload) =>
      containersOf(workload).flatMap(({ name: container, env = [], command = [], args = [] }) => [
        ...env
          .filter((each) => each.value !== undefined && looksSecret(each.name, each.value))
          .map(
            (each) =>
              `${titleOf(workload)}, ${container}: ${each.name} is written out instead of taken from a Secret`,
          ),
        ...[...command, ...args]
          .filter((text) => secretValue.test(text))
          .map(() => `${titleOf(workload)}, ${container}: its command holds a secret`),
      ]),
    ),
    ...(name === 'overlay local'
      ? []
      : ofKind(objects, 'Secret').map(
          (secret) => `${titleOf(secret)}: is committed; name it and let the cluster hold it`,
        )),
  ],
};
