import { apiVersions } from '../checks/kinds.mjs';
import { nameOf, titleOf } from '../checks/manifests.mjs';

/** @type {import('./rule.mjs').Rule} */
export const allowedKinds = {
  name: 'allowed-kinds',
  about: 'only the kinds, groups and versions that we mean to use, each object once, all in our namespace',
  check: ({ objects }) => {
    const names = objects.map(titleOf);
    return objects.flatMap((object, at) => [
      ...(Object.entries(apiVersions).some(
        ([kind, version]) => kind === object.kind && version === object.apiVersion,
      )
        ? []
        : [`${titleOf(object)}: ${object.apiVersion}/${object.kind} is not on the list`]),
      ...(names.indexOf(titleOf(object)) === at ? [] : [`${titleOf(object)} is there twice`]),
      ...(object.metadata?.namespace === 'image2model' ||
      (object.kind === 'Namespace' && nameOf(object) === 'image2model')
        ? []
        : [`${titleOf(object)}: not in the namespace image2model`]),
    ]);
  },
};

/** @type {import('./rule.mjs').Rule} */
export const namespaceRestricted = {
  name: 'namespace-restricted',
  about: 'the namespace enforces the Pod Security Standard "restricted"',
  check: ({ objects }) =>
    objects
      .filter((object) => object.kind === 'Namespace')
      .filter(({ metadata }) => metadata?.labels?.['pod-security.kubernetes.io/enforce'] !== 'restricted')
      .map((object) => `${titleOf(object)}: wants the label pod-security.kubernetes.io/enforce: restricted`),
};
