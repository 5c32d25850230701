import { environmentOf } from '../checks/environment.mjs';
import { containersOf, nameOf, ofKind, podOf, titleOf, workloadsOf } from '../checks/manifests.mjs';
import { services } from './rule.mjs';

/** @import { Rule } from './rule.mjs' */

/** Read by the AWS SDK itself. */
const ofTheSdk = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];

/** @type {Rule} */
export const references = {
  name: 'references',
  about:
    'every ConfigMap, Secret, claim and key that is named is rendered, or stands in secrets.example.yaml',
  check: ({ objects }, { exampleSecrets }) =>
    workloadsOf(objects).flatMap((workload) => {
      const secrets = [...ofKind(objects, 'Secret'), ...exampleSecrets];
      const named = (
        /** @type {import('../checks/kinds.mjs').Manifest[]} */ list,
        /** @type {string | undefined} */ name,
      ) => list.some((object) => nameOf(object) === name);
      return [
        ...containersOf(workload).flatMap((container) =>
          environmentOf(container, objects, exampleSecrets)
            .filter(({ value, optional, listed }) => value === undefined && !(optional && listed))
            .map(({ name, from }) => `${container.name}: ${name} refers to ${from}, which is not there`),
        ),
        ...(podOf(workload).volumes ?? []).flatMap(({ configMap, secret, persistentVolumeClaim: claim }) => [
          ...(configMap === undefined || named(ofKind(objects, 'ConfigMap'), configMap.name)
            ? []
            : [`mounts the ConfigMap ${configMap.name}, which is not there`]),
          ...(secret === undefined || named(secrets, secret.secretName)
            ? []
            : [`mounts the Secret ${secret.secretName}, which is not there`]),
          ...(claim === undefined || named(ofKind(objects, 'PersistentVolumeClaim'), claim.claimName)
            ? []
            : [`mounts the claim ${claim.claimName}, which is not there`]),
        ]),
      ].map((breach) => `${titleOf(workload)}: ${breach}`);
    }),
};

/** Our own programs: the services, and the job that prepares their servers. @param {import('../checks/kinds.mjs').Manifest[]} objects */
const ourPods = (objects) =>
  [...ofKind(objects, 'Deployment'), ...ofKind(objects, 'Job')]
    .filter((workload) => [...services, 'bootstrap'].includes(nameOf(workload)))
    .flatMap((workload) =>
      (podOf(workload).containers ?? []).map((container) => ({
        service: nameOf(workload),
        where: titleOf(workload),
        container,
      })),
    );

/** @type {Rule} */
export const knownVariables = {
  name: 'known-variables',
  about: 'every variable is one that its service reads (of the shared ConfigMap: that some service reads)',
  check: ({ objects }, { configs, exampleSecrets }) =>
    ourPods(objects).flatMap(({ service, where, container }) =>
      environmentOf(container, objects, exampleSecrets)
        .filter(({ name }) => name !== '*' && !ofTheSdk.includes(name))
        .filter(({ name, shared }) =>
          shared
            ? !Object.values(configs).some(({ variables }) => variables.has(name))
            : configs[service]?.variables.has(name) !== true,
        )
        .map(
          ({ name, from }) =>
            `${where}: ${name} (${from}) is no variable of it; docs/generated/configuration.md has those that are`,
        ),
    ),
};

/** @type {Rule} */
export const validConfiguration = {
  name: 'valid-configuration',
  about: 'each service would start: its own schema takes the environment, with and without what is optional',
  check: ({ objects, complete }, { configs, exampleSecrets }) =>
    ourPods(objects).flatMap(({ service, where, container }) => {
      const there = environmentOf(container, objects, exampleSecrets).filter(
        ({ value }) => value !== undefined,
      );
      const environment = (/** @type {typeof there} */ list) =>
        Object.fromEntries(list.map(({ name, value }) => [name, String(value)]));
      const [whole, least] = [environment(there), environment(there.filter(({ optional }) => !optional))];
      const problems = [whole, least].flatMap((each) => configs[service]?.problems(each) ?? []);
      const told = [...new Set(problems)].map((problem) => `${where}: ${problem}`);
      if (!services.includes(service)) return told;
      return [
        ...told,
        ...(complete && whole['STORAGE_URL'] === undefined
          ? [`${where}: nothing says STORAGE_URL, so files would be kept in the pod`]
          : []),
        ...(whole['NODE_ENV'] === 'production' ? [] : [`${where}: NODE_ENV is not production`]),
      ];
    }),
};
