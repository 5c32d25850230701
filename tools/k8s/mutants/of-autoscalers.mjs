import { force, pick, without } from './mutant.mjs';

/** @param {import('../checks/kinds.mjs').ScaledObject} object @param {string} name */
const triggerOf = (object, name) =>
  object.spec.triggers.find((trigger) => trigger.name === name) ?? { type: '', metadata: {} };

/** @type {readonly import('./mutant.mjs').Mutant[]} */
export const autoscalerMutants = [
  {
    mistake: 'replicas under an autoscaler: each apply undoes its work',
    of: 'production',
    rule: 'replicas',
    make: (objects) => force(pick(objects, 'Deployment', 'model-worker').spec ?? {}, { replicas: 3 }),
  },
  {
    mistake: 'a service that was left without an autoscaler',
    of: 'production',
    rule: 'replicas',
    make: (objects) => without(objects, pick(objects, 'ScaledObject', 'batch-orchestrator')),
  },
  {
    mistake: 'the model-worker to zero',
    of: 'production',
    rule: 'scale-limits',
    make: (objects) => force(pick(objects, 'ScaledObject', 'model-worker').spec, { minReplicaCount: 0 }),
  },
  {
    mistake: 'a service sleeps and the health check does not know',
    of: 'production',
    rule: 'scale-limits',
    make: (objects) =>
      force(pick(objects, 'ConfigMap', 'image2model-maintenance-worker').data ?? {}, {
        SLEEPING_SERVICES: '',
      }),
  },
  {
    mistake: 'down as quickly as up',
    of: 'plain',
    rule: 'scale-limits',
    make: (objects) =>
      delete pick(objects, 'HorizontalPodAutoscaler', 'model-worker').spec?.behavior?.scaleDown
        ?.stabilizationWindowSeconds,
  },
  {
    mistake: 'RabbitMQ asked over amqp: busy workers look idle',
    of: 'production',
    rule: 'keda-triggers',
    make: (objects) =>
      force(triggerOf(pick(objects, 'ScaledObject', 'model-worker'), 'generations').metadata, {
        protocol: 'amqp',
      }),
  },
  {
    mistake: 'a trigger without its threshold',
    of: 'production',
    rule: 'keda-triggers',
    make: (objects) =>
      delete triggerOf(pick(objects, 'ScaledObject', 'gateway'), 'requests').metadata['threshold'],
  },
  {
    mistake: 'no authentication',
    of: 'inside',
    rule: 'keda-triggers',
    make: (objects) => without(objects, pick(objects, 'TriggerAuthentication', 'image2model-rabbitmq')),
  },
  {
    mistake: 'a fallback that takes busy pods away',
    of: 'production',
    rule: 'keda-triggers',
    make: (objects) =>
      force(pick(objects, 'ScaledObject', 'model-worker').spec.fallback ?? {}, { behavior: 'static' }),
  },
  {
    mistake: 'a lane that nobody scales on',
    of: 'production',
    rule: 'scaling-queues',
    make: (objects) =>
      force(triggerOf(pick(objects, 'ScaledObject', 'model-worker'), 'generations').metadata, {
        queueName: '^model-worker\\.model\\.generate\\.(high|normal)$',
      }),
  },
  {
    mistake: 'a pattern that takes delay queues as well',
    of: 'production',
    rule: 'scaling-queues',
    make: (objects) =>
      force(triggerOf(pick(objects, 'ScaledObject', 'maintenance-worker'), 'tasks').metadata, {
        queueName: 'maintenance-worker\\.maintenance\\.(run|erase-batch)',
      }),
  },
  {
    mistake: 'a queue that was renamed in the code',
    of: 'production',
    rule: 'scaling-queues',
    make: () => undefined,
    facts: (facts) => ({
      ...facts,
      queues: facts.queues.map((queue) =>
        queue.name === 'batch-orchestrator.file.settled'
          ? { ...queue, name: 'batch-orchestrator.file.ended' }
          : queue,
      ),
    }),
  },
  {
    mistake: 'a metric that was renamed in the code',
    of: 'production',
    rule: 'scaling-metrics',
    make: () => undefined,
    facts: (facts) => ({
      ...facts,
      metrics: new Set([...facts.metrics].filter((name) => name !== 'image2model_backlog_files')),
    }),
  },
  {
    mistake: 'an external metric that the adapter does not give',
    of: 'plain',
    rule: 'scaling-metrics',
    make: () => undefined,
    facts: (facts) => ({
      ...facts,
      adapterRules: facts.adapterRules.filter(({ name }) => name.as !== 'image2model_backlog'),
    }),
  },
];
