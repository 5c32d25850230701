import { nameOf, ofKind, titleOf } from '../checks/manifests.mjs';

/** @import { Rule } from './rule.mjs' */

/** What a trigger of each type cannot do without, or does something else without. @type {Readonly<Record<string, readonly string[]>>} */
const needed = {
  rabbitmq: ['protocol', 'mode', 'queueName', 'value'],
  prometheus: ['serverAddress', 'query', 'threshold'],
  cpu: ['value'],
};

/** @typedef {{ type: string, metricType?: string, metadata: Record<string, string>, authenticationRef?: { name: string } }} Trigger */

/** @param {Trigger} trigger @param {readonly string[]} authentications */
function breachesOf({ type, metricType, metadata, authenticationRef }, authentications) {
  const keys = Object.entries(needed).find(([name]) => name === type)?.[1];
  if (keys === undefined) return [`the trigger ${type} is not one of ${Object.keys(needed).join(', ')}`];
  const missing = keys
    .filter((key) => (metadata[key] ?? '') === '')
    .map((key) => `its ${type} trigger lacks ${key}`);
  const reference = authenticationRef?.name ?? '(none)';
  return [
    ...missing,
    ...(metricType === (type === 'cpu' ? 'Utilization' : 'AverageValue')
      ? []
      : [`its ${type} trigger has the metricType ${metricType}; KEDA falls back for AverageValue only`]),
    ...(type === 'rabbitmq' && !authentications.includes(reference)
      ? [`its rabbitmq trigger has no TriggerAuthentication: ${reference}`]
      : []),
    ...(type === 'rabbitmq' && (metadata['protocol'] !== 'http' || metadata['mode'] !== 'QueueLength')
      ? ['its rabbitmq trigger counts ready messages only: use protocol http and mode QueueLength']
      : []),
  ];
}

/** @type {Rule} */
export const kedaTriggers = {
  name: 'keda-triggers',
  about:
    'every trigger has the keys that its type needs, RabbitMQ is asked over http, and there is a fallback that never takes pods away',
  check: ({ objects }) => {
    const authentications = ofKind(objects, 'TriggerAuthentication').map(nameOf);
    return ofKind(objects, 'ScaledObject').flatMap((object) => {
      const { triggers, fallback } = object.spec;
      const found = triggers.flatMap((trigger) => breachesOf(trigger, authentications));
      return [
        ...found,
        ...(triggers.length > 0 ? [] : ['no trigger']),
        ...(fallback?.behavior === 'currentReplicasIfHigher' && fallback.replicas > 0
          ? []
          : ['its fallback is not currentReplicasIfHigher: when Prometheus is away, busy pods would go']),
      ].map((breach) => `${titleOf(object)}: ${breach}`);
    });
  },
};

/** @type {Rule} */
export const scalingQueues = {
  name: 'scaling-queues',
  about: 'queues that are scaled on are in the topology and belong to the service that is scaled',
  check: ({ objects }, { queues }) =>
    ofKind(objects, 'ScaledObject').flatMap((object) =>
      object.spec.triggers
        .filter(({ type }) => type === 'rabbitmq')
        .flatMap(({ metadata }) =>
          queueBreaches(
            metadata['queueName'] ?? '',
            metadata,
            object.spec.scaleTargetRef?.name ?? '',
            queues,
          ),
        )
        .map((breach) => `${titleOf(object)}: ${breach}`),
    ),
};

/** Lanes, and services whose every queue is work that more processes do sooner. */
const whole = ['alert-service', 'maintenance-worker'];

/**
 * @param {string} pattern @param {Record<string, string>} metadata @param {string} service
 * @param {readonly import('../checks/load-facts.mjs').WorkQueue[]} queues
 */
function queueBreaches(pattern, { useRegex, operation }, service, queues) {
  if (useRegex !== 'true')
    return queues.some(({ name }) => name === pattern) ? [] : [`there is no queue ${pattern}`];
  const meant = /^\^.*\$$/.test(pattern) ? new RegExp(pattern) : null;
  if (meant === null)
    return [`${pattern} does not begin with ^ and end with $: it takes delay and dead-letter queues as well`];
  const taken = queues.filter(({ name }) => meant.test(name));
  const left = queues.filter((queue) => queue.service === service && !taken.includes(queue));
  return [
    ...(taken.length > 0 ? [] : [`${pattern} names no queue of the topology`]),
    ...taken
      .filter((queue) => queue.service !== service)
      .map(({ name }) => `${pattern} takes ${name}, which is not worked off by ${service}`),
    ...(operation === 'sum' ? [] : ['several queues want operation: sum']),
    ...(whole.includes(service) ? left.map(({ name }) => `${pattern} leaves out ${name}`) : []),
    ...(service === 'model-worker' && taken.length > 0
      ? left
          .filter(({ name }) => name.includes('.generate.'))
          .map(({ name }) => `${pattern} leaves out the lane ${name}`)
      : []),
  ];
}
