import { chooses, nameOf, ofKind, podLabelsOf, titleOf, workloadsOf } from '../checks/manifests.mjs';
import { services } from './rule.mjs';

/** @import { Rule } from './rule.mjs' */

const prefix = 'app.kubernetes.io/';

/** @type {Rule} */
export const labels = {
  name: 'labels',
  about: 'pods and what belongs to them carry name, component, part-of, and our services their version',
  check: ({ objects }, { version }) => [
    ...workloadsOf(objects).flatMap((workload) =>
      ['name', 'component', 'part-of'].flatMap((key) =>
        podLabelsOf(workload)[prefix + key] === undefined
          ? [`${titleOf(workload)}: its pods lack the label ${prefix}${key}`]
          : [],
      ),
    ),
    ...objects
      .filter(
        ({ kind, metadata }) =>
          kind !== 'Namespace' && metadata?.labels?.[`${prefix}part-of`] !== 'image2model',
      )
      .map((object) => `${titleOf(object)}: lacks the label ${prefix}part-of: image2model`),
    ...ofKind(objects, 'Deployment')
      .filter((workload) => services.includes(nameOf(workload)))
      .filter((workload) => podLabelsOf(workload)[`${prefix}version`] !== version)
      .map(
        (workload) =>
          `${titleOf(workload)}: the label ${prefix}version is not ${version}, that of package.json`,
      ),
  ],
};

/** @type {Rule} */
export const selectors = {
  name: 'selectors',
  about:
    'what chooses pods chooses some: workloads their own, Services, budgets, monitors and policies at least one',
  check: ({ objects, complete }) => {
    const workloads = workloadsOf(objects);
    const pods = workloads.map(podLabelsOf);
    const none = (/** @type {import('../checks/manifests.mjs').Selector | undefined} */ selector) =>
      !pods.some((pod) => chooses(selector, pod));
    const choosers = [
      ...ofKind(objects, 'Service').map((object) => ({
        object,
        selector: { matchLabels: object.spec?.selector },
      })),
      ...ofKind(objects, 'PodDisruptionBudget').map((object) => ({
        object,
        selector: object.spec?.selector,
      })),
      ...(complete
        ? [
            ...ofKind(objects, 'PodMonitor').map((object) => ({ object, selector: object.spec?.selector })),
            ...ofKind(objects, 'NetworkPolicy').map((object) => ({
              object,
              selector: object.spec?.podSelector,
            })),
          ]
        : []),
    ];
    return [
      ...workloads
        .filter((workload) => workload.kind !== 'Job')
        .filter(
          ({ spec }) =>
            Object.keys(spec?.selector?.matchLabels ?? {}).length === 0 ||
            !chooses(spec?.selector, spec?.template?.metadata?.labels ?? {}),
        )
        .map((workload) => `${titleOf(workload)}: its selector does not choose its own pods`),
      ...choosers
        .filter(({ selector }) => none(selector))
        .map(({ object }) => `${titleOf(object)}: chooses no pod`),
      ...workloads
        .filter((workload) => workload.kind !== 'Job')
        .filter(({ spec }) => pods.filter((pod) => chooses(spec?.selector, pod)).length > 1)
        .map((workload) => `${titleOf(workload)}: its selector chooses the pods of others as well`),
    ];
  },
};
