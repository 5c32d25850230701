import { chooses, nameOf, ofKind, podLabelsOf, podOf, titleOf, workloadsOf } from '../checks/manifests.mjs';
import { closingSeconds } from './rule.mjs';

/** @import { Rule } from './rule.mjs' */

/** @type {Rule} */
export const disruption = {
  name: 'disruption',
  about:
    'exactly one PodDisruptionBudget for every Deployment and StatefulSet, and one that lets a node be drained',
  check: ({ objects }) => {
    const budgets = ofKind(objects, 'PodDisruptionBudget');
    return [
      ...workloadsOf(objects)
        .filter(({ kind }) => kind !== 'Job')
        .flatMap((workload) => {
          const own = budgets.filter(({ spec }) => chooses(spec?.selector, podLabelsOf(workload)));
          return own.length === 1
            ? []
            : [`${titleOf(workload)}: ${own.length} budgets choose its pods instead of one`];
        }),
      ...budgets
        .filter(({ spec }) => Number(spec?.maxUnavailable ?? 0) < 1)
        .map(
          (budget) =>
            `${titleOf(budget)}: give maxUnavailable 1, or no node can be drained while there is one pod`,
        ),
    ];
  },
};

/** @type {Rule} */
export const rollout = {
  name: 'rollout',
  about:
    'a new pod is ready before an old one goes, which has the time it needs; the gateway first leaves the load balancers',
  check: ({ objects }) =>
    ofKind(objects, 'Deployment').flatMap((workload) => {
      const { strategy = {}, progressDeadlineSeconds } = workload.spec ?? {};
      const { maxUnavailable, maxSurge } = strategy.rollingUpdate ?? {};
      const pod = podOf(workload);
      const sleep = pod.containers?.[0]?.lifecycle?.preStop?.sleep?.seconds ?? 0;
      const served = ofKind(objects, 'Service').some(({ spec }) =>
        chooses({ matchLabels: spec?.selector ?? {} }, podLabelsOf(workload)),
      );
      const grace = pod.terminationGracePeriodSeconds ?? 30;
      return [
        ...(strategy.type === 'RollingUpdate' && maxUnavailable === 0 && Number(maxSurge) >= 1
          ? []
          : ['its rollout is not RollingUpdate with maxUnavailable 0 and maxSurge 1']),
        ...(progressDeadlineSeconds === undefined
          ? ['no progressDeadlineSeconds: a rollout that hangs is never told']
          : []),
        ...(grace === 30 ? [] : [`terminationGracePeriodSeconds is ${grace}, not 30`]),
        ...(sleep + closingSeconds < grace
          ? []
          : [`preStop (${sleep} s) and its own end (${closingSeconds} s) do not fit into ${grace} s`]),
        ...(served && sleep < 3
          ? ['a Service sends requests to it: wants a preStop sleep of 3 s or more']
          : []),
      ].map((breach) => `${titleOf(workload)}: ${breach}`);
    }),
};

/** @type {Rule} */
export const spread = {
  name: 'spread',
  about: 'pods of one kind go to different zones and nodes; of the brokers never two to one node',
  check: ({ objects, name }) =>
    // one of everything on one node
    (name === 'overlay local' ? [] : workloadsOf(objects))
      .filter(({ kind, spec }) => kind === 'Deployment' || (kind === 'StatefulSet' && spec?.replicas !== 1))
      .flatMap((workload) => {
        const { topologySpreadConstraints = [], affinity } = podOf(workload);
        const own = topologySpreadConstraints.filter(({ labelSelector }) =>
          chooses(labelSelector, podLabelsOf(workload)),
        );
        const keys = own.map(({ topologyKey }) => topologyKey);
        const apart = affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
        const alone = apart.some(
          ({ topologyKey, labelSelector }) =>
            topologyKey === 'kubernetes.io/hostname' && chooses(labelSelector, podLabelsOf(workload)),
        );
        return [
          ...(keys.includes('topology.kubernetes.io/zone') ? [] : ['is not spread over zones']),
          ...(workload.kind === 'Deployment' && !keys.includes('kubernetes.io/hostname')
            ? ['is not spread over nodes']
            : []),
          ...(workload.kind === 'StatefulSet' && !alone ? ['two of its pods may share a node'] : []),
        ].map((breach) => `${titleOf(workload)}: ${breach}`);
      }),
};

/** @type {Rule} */
export const jobs = {
  name: 'jobs',
  about: 'a Job is tried again, ends some day, and goes by itself, for it cannot be changed',
  check: ({ objects }) =>
    ofKind(objects, 'Job').flatMap((job) => {
      const { backoffLimit = 0, activeDeadlineSeconds, ttlSecondsAfterFinished } = job.spec ?? {};
      return [
        ...(backoffLimit > 0 ? [] : ['no backoffLimit: it may come before its servers']),
        ...(activeDeadlineSeconds === undefined ? ['no activeDeadlineSeconds'] : []),
        ...(ttlSecondsAfterFinished === undefined
          ? ['no ttlSecondsAfterFinished: the next apply is refused']
          : []),
      ].map((breach) => `${titleOf(job)}: ${breach}`);
    }),
};

/** @type {Rule} */
export const quorum = {
  name: 'quorum',
  about: 'brokers in the cluster are three with a volume each, known to each other before they are ready',
  check: ({ objects, name }) =>
    (name === 'overlay local' ? [] : ofKind(objects, 'StatefulSet'))
      .filter((set) => ['rabbitmq', 'redis'].includes(nameOf(set)))
      .flatMap((set) => {
        const { replicas, podManagementPolicy, serviceName, volumeClaimTemplates = [] } = set.spec ?? {};
        const service = ofKind(objects, 'Service').find((each) => nameOf(each) === serviceName);
        return [
          ...(replicas === 3
            ? []
            : [`${replicas} instead of 3: a majority needs an odd number, and two that are left`]),
          ...(podManagementPolicy === 'Parallel'
            ? []
            : ['podManagementPolicy is not Parallel: after an outage of all the first would wait for ever']),
          ...(volumeClaimTemplates.length === 1 ? [] : ['keeps its data on no volume']),
          ...(service?.spec?.clusterIP === 'None' && service.spec.publishNotReadyAddresses === true
            ? []
            : [`its Service ${serviceName} is not headless, or hides pods that are not ready`]),
        ].map((breach) => `${titleOf(set)}: ${breach}`);
      }),
};
