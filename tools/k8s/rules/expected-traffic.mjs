import { nameOf } from '../checks/manifests.mjs';

/** @typedef {{ from: string[], to: string[] }} Traffic edges as `peer:port` */

const dns = ['namespace kube-system:53'];
const webPorts = [80, 443, 8080, 8443];

/** @param {string} peer @param {readonly number[]} ports */
const edges = (peer, ports) => ports.map((port) => `${peer}:${port}`);

/** Beside what every service has: who calls it, and where it goes. @type {Readonly<Record<string, { from: string[], to: string[], files: boolean }>>} */
const services = {
  gateway: { from: ['namespace ingress-nginx:8080'], to: edges('public', [443]), files: true },
  'batch-orchestrator': { from: [], to: [], files: false },
  'model-worker': { from: [], to: edges('public', [80, 443]), files: true },
  'maintenance-worker': { from: [], to: edges('public', [443]), files: true },
  'alert-service': { from: [], to: edges('public', webPorts), files: false },
};

/** Of RabbitMQ in this cluster: messages, and the management API. @param {boolean} tls */
const rabbitPorts = (tls) => (tls ? { amqp: 5671, api: 15671 } : { amqp: 5672, api: 15672 });

/** @param {{ minio: boolean, outside: boolean, tls: boolean }} there @returns {Record<string, Traffic>} */
function ofServices({ minio, outside, tls }) {
  const brokers = [...edges('rabbitmq', [rabbitPorts(tls).amqp]), ...edges('redis', [6379, 26379])];
  const away = outside ? edges('private', [5671, 6379, 26379]) : [];
  return Object.fromEntries(
    Object.entries(services).map(([name, { from, to, files }]) => [
      name,
      {
        from: ['namespace monitoring:9090', ...from],
        to: [
          ...dns,
          ...brokers,
          'namespace monitoring:4318',
          ...away,
          ...to,
          ...(files && minio ? edges('minio', [9000]) : []),
        ],
      },
    ]),
  );
}

/**
 * Who has to talk to whom, written down by itself: a policy that allows less breaks something, one that allows more guards nothing.
 * @param {readonly import('../checks/kinds.mjs').Manifest[]} objects
 * @returns {Record<string, Traffic>}
 */
export function expectedTraffic(objects) {
  const has = (/** @type {string} */ name) => objects.some((object) => nameOf(object) === name);
  const outside = has('brokers-outside');
  const tls = objects.some((object) => nameOf(object).startsWith('rabbitmq-tls-config'));
  const { amqp, api } = rabbitPorts(tls);
  const ring = edges('redis', [6379, 26379]);
  const nodes = edges('rabbitmq', [4369, 25672]);
  return {
    ...ofServices({ minio: has('minio'), outside, tls }),
    bootstrap: {
      from: [],
      to: [
        ...dns,
        ...edges('rabbitmq', [amqp, api]),
        ...edges('redis', [6379]),
        ...(outside ? edges('private', [5671, 15671, 6379]) : []),
      ],
    },
    rabbitmq: {
      from: [
        `services:${amqp}`,
        ...edges('bootstrap', [amqp, api]),
        `namespace keda:${api}`,
        'namespace monitoring:15692',
        ...nodes,
      ],
      to: [...dns, ...nodes],
    },
    redis: {
      from: [...edges('services', [6379, 26379]), ...edges('bootstrap', [6379, 26379]), ...ring],
      to: [...dns, ...ring],
    },
    minio: { from: ['services:9000'], to: [...dns] },
  };
}
