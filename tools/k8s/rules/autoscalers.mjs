import { nameOf, ofKind, titleOf } from '../checks/manifests.mjs';
import { services } from './rule.mjs';

/** @import { Rule } from './rule.mjs' */
/** @import { Manifest } from '../checks/kinds.mjs' */

/** The only one that may have no process while nothing waits for it. */
const sleeper = 'alert-service';
/** Slower than the time that a window of work takes. */
const leastScaleDownSeconds = 300;

/**
 * Both kinds of autoscaler, seen alike.
 * @param {readonly Manifest[]} objects
 */
export const autoscalersOf = (objects) => [
  ...ofKind(objects, 'ScaledObject').map((object) => ({
    object,
    target: object.spec.scaleTargetRef?.name,
    least: object.spec.minReplicaCount ?? 0,
    most: object.spec.maxReplicaCount ?? 100,
    down: object.spec.advanced?.horizontalPodAutoscalerConfig?.behavior?.scaleDown,
  })),
  ...ofKind(objects, 'HorizontalPodAutoscaler').map((object) => ({
    object,
    target: object.spec?.scaleTargetRef.name,
    least: object.spec?.minReplicas ?? 1,
    most: object.spec?.maxReplicas ?? 1,
    down: object.spec?.behavior?.scaleDown,
  })),
];

/** @type {Rule} */
export const replicas = {
  name: 'replicas',
  about: 'one autoscaler for each Deployment or none for all, and no replicas where it owns them',
  check: ({ objects, complete }) => {
    const all = autoscalersOf(objects);
    return [
      ...ofKind(objects, 'Deployment').flatMap((workload) => {
        const own = all.filter(({ target }) => target === nameOf(workload));
        return [
          ...(own.length > 0 && workload.spec?.replicas !== undefined
            ? [`${titleOf(workload)}: has replicas, which each apply would take from its autoscaler`]
            : []),
          ...(own.length > 1 ? [`${titleOf(workload)}: ${own.length} autoscalers pull at it`] : []),
          ...(complete && all.length > 0 && own.length === 0
            ? [`${titleOf(workload)}: the others have an autoscaler, this has none`]
            : []),
        ];
      }),
      ...all
        .filter(({ target = '' }) => !services.includes(target))
        .map(({ object, target }) => `${titleOf(object)}: scales ${target}, which is no Deployment of ours`),
    ];
  },
};

/** @type {Rule} */
export const scaleLimits = {
  name: 'scale-limits',
  about:
    'quick up and slow down, between sensible numbers; to zero only the alert-service, and then the health check knows',
  check: ({ objects }) =>
    autoscalersOf(objects).flatMap(({ object, target, least, most, down }) => [
      ...(most > least ? [] : [`${titleOf(object)}: from ${least} to ${most} is no room`]),
      ...((down?.stabilizationWindowSeconds ?? 0) >= leastScaleDownSeconds
        ? []
        : [
            `${titleOf(object)}: wants scaleDown.stabilizationWindowSeconds of ${leastScaleDownSeconds} or more`,
          ]),
      ...((down?.policies ?? []).length > 0
        ? []
        : [`${titleOf(object)}: may scale down all at once; give scaleDown.policies`]),
      ...(least > 0 || target === sleeper ? [] : [`${titleOf(object)}: ${target} may not go to zero`]),
      ...(least > 0 || sleepers(objects).includes(sleeper)
        ? []
        : [
            `${titleOf(object)}: goes to zero, and SLEEPING_SERVICES of the maintenance-worker does not name it: each health check would call it missing`,
          ]),
    ]),
};

/** @param {readonly Manifest[]} objects */
const sleepers = (objects) =>
  ofKind(objects, 'ConfigMap').flatMap(({ data = {} }) => (data['SLEEPING_SERVICES'] ?? '').split(','));
