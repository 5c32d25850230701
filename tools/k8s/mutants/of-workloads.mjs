import { containerOf, force, pick, podIn, without } from './mutant.mjs';

/** @type {readonly import('./mutant.mjs').Mutant[]} */
export const workloadMutants = [
  {
    mistake: 'liveness asks /readyz: RabbitMQ away kills every pod',
    of: 'production',
    rule: 'probes',
    make: (objects) =>
      force(containerOf(objects, 'batch-orchestrator').livenessProbe?.httpGet ?? {}, { path: '/readyz' }),
  },
  {
    mistake: 'startup waits for /readyz: who waits for RabbitMQ is killed',
    of: 'production',
    rule: 'probes',
    make: (objects) =>
      force(containerOf(objects, 'model-worker').startupProbe?.httpGet ?? {}, { path: '/readyz' }),
  },
  {
    mistake: 'no readiness probe',
    of: 'production',
    rule: 'probes',
    make: (objects) => delete containerOf(objects, 'gateway').readinessProbe,
  },
  {
    mistake: 'the readiness probe gives up after 1 s',
    of: 'local',
    rule: 'probes',
    make: (objects) => force(containerOf(objects, 'gateway').readinessProbe ?? {}, { timeoutSeconds: 1 }),
  },
  {
    mistake: 'the root file system may be written to',
    of: 'production',
    rule: 'pod-security',
    make: (objects) =>
      force(containerOf(objects, 'gateway').securityContext ?? {}, { readOnlyRootFilesystem: false }),
  },
  {
    mistake: 'capabilities are kept',
    of: 'production',
    rule: 'pod-security',
    make: (objects) => delete containerOf(objects, 'model-worker').securityContext?.capabilities,
  },
  {
    mistake: 'the pod may be root',
    of: 'local',
    rule: 'pod-security',
    make: (objects) => delete podIn(objects, 'alert-service').securityContext?.runAsNonRoot,
  },
  {
    mistake: 'an init container may gain privileges',
    of: 'inside',
    rule: 'pod-security',
    make: (objects) =>
      delete pick(objects, 'StatefulSet', 'rabbitmq').spec?.template.spec?.initContainers?.[0]
        ?.securityContext?.allowPrivilegeEscalation,
  },
  {
    mistake: '/tmp without a size limit',
    of: 'production',
    rule: 'writable-folders',
    make: (objects) =>
      force(podIn(objects, 'gateway').volumes?.find(({ name }) => name === 'tmp') ?? {}, { emptyDir: {} }),
  },
  {
    mistake: 'a token of the Kubernetes API in the pod',
    of: 'production',
    rule: 'service-accounts',
    make: (objects) => delete podIn(objects, 'gateway').automountServiceAccountToken,
  },
  {
    mistake: "another service's account",
    of: 'production',
    rule: 'service-accounts',
    make: (objects) => force(podIn(objects, 'gateway'), { serviceAccountName: 'alert-service' }),
  },
  {
    mistake: 'a CPU limit',
    of: 'production',
    rule: 'resources',
    make: (objects) => force(containerOf(objects, 'model-worker').resources?.limits ?? {}, { cpu: '1' }),
  },
  {
    mistake: 'less memory than was measured',
    of: 'production',
    rule: 'resources',
    make: (objects) =>
      force(containerOf(objects, 'model-worker').resources ?? {}, {
        requests: { cpu: '1', memory: '512Mi' },
        limits: { memory: '512Mi' },
      }),
  },
  {
    mistake: 'a pod goes before its successor is ready',
    of: 'production',
    rule: 'rollout',
    make: (objects) =>
      force(pick(objects, 'Deployment', 'model-worker').spec?.strategy?.rollingUpdate ?? {}, {
        maxUnavailable: 1,
      }),
  },
  {
    mistake: 'the gateway closes while load balancers still send',
    of: 'production',
    rule: 'rollout',
    make: (objects) => delete containerOf(objects, 'gateway').lifecycle,
  },
  {
    mistake: 'preStop takes the time that the drain needs',
    of: 'production',
    rule: 'rollout',
    make: (objects) =>
      force(containerOf(objects, 'gateway').lifecycle?.preStop?.sleep ?? {}, { seconds: 10 }),
  },
  {
    mistake: 'no disruption budget',
    of: 'production',
    rule: 'disruption',
    make: (objects) => without(objects, pick(objects, 'PodDisruptionBudget', 'gateway')),
  },
  {
    mistake: 'a budget that no drain gets past',
    of: 'inside',
    rule: 'disruption',
    make: (objects) => force(pick(objects, 'PodDisruptionBudget', 'redis').spec ?? {}, { maxUnavailable: 0 }),
  },
  {
    mistake: 'all pods on one node',
    of: 'production',
    rule: 'spread',
    make: (objects) => delete podIn(objects, 'gateway').topologySpreadConstraints,
  },
  {
    mistake: 'two RabbitMQ on one node',
    of: 'inside',
    rule: 'spread',
    make: (objects) => delete pick(objects, 'StatefulSet', 'rabbitmq').spec?.template.spec?.affinity,
  },
  {
    mistake: 'two Redis: no majority is left when one goes',
    of: 'inside',
    rule: 'quorum',
    make: (objects) => force(pick(objects, 'StatefulSet', 'redis').spec ?? {}, { replicas: 2 }),
  },
  {
    mistake: 'nodes that are hidden until they are ready',
    of: 'inside',
    rule: 'quorum',
    make: (objects) => delete pick(objects, 'Service', 'rabbitmq-nodes').spec?.publishNotReadyAddresses,
  },
  {
    mistake: 'a Job that stays',
    of: 'production',
    rule: 'jobs',
    make: (objects) => delete pick(objects, 'Job', 'bootstrap').spec?.ttlSecondsAfterFinished,
  },
  {
    mistake: 'image: latest',
    of: 'production',
    rule: 'images',
    make: (objects) => force(containerOf(objects, 'gateway'), { image: 'image2model/gateway:latest' }),
  },
  {
    mistake: "another service's image",
    of: 'production',
    rule: 'images',
    make: (objects) => force(containerOf(objects, 'alert-service'), { image: 'image2model/gateway:0.1.0' }),
  },
  {
    mistake: 'an image that the Dockerfile does not build',
    of: 'production',
    rule: 'images',
    make: () => undefined,
    facts: (facts) => ({
      ...facts,
      targets: new Set([...facts.targets].filter((stage) => stage !== 'gateway')),
    }),
  },
];
