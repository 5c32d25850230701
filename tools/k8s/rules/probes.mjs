import { nameOf, podOf, titleOf, workloadsOf } from '../checks/manifests.mjs';
import { readySeconds, services } from './rule.mjs';

/** @import { Container } from '../checks/kinds.mjs' */
/** @typedef {NonNullable<Container['livenessProbe']>} Probe */

/** The longest time that a first start may take until kubelet gives up, s. */
const startSeconds = 30;

/** @param {Probe | undefined} probe @param {string} path */
const asks = (probe, path) => probe?.httpGet?.path === path && probe.httpGet.port === 'admin';

/** @param {Container} container */
function ourBreaches({ startupProbe, livenessProbe, readinessProbe }) {
  const start = (startupProbe?.periodSeconds ?? 10) * (startupProbe?.failureThreshold ?? 3);
  return [
    ...(asks(startupProbe, '/livez') ? [] : ['the startup probe does not ask /livez on the admin port']),
    ...(asks(livenessProbe, '/livez')
      ? []
      : [
          'the liveness probe does not ask /livez on the admin port: RabbitMQ or Redis away must kill nobody',
        ]),
    ...(asks(readinessProbe, '/readyz')
      ? []
      : ['the readiness probe does not ask /readyz on the admin port']),
    ...((readinessProbe?.timeoutSeconds ?? 1) > readySeconds
      ? []
      : [`the readiness probe gives up before /readyz does (${readySeconds} s)`]),
    ...(start >= startSeconds ? [] : [`a start may take ${start} s only; allow ${startSeconds}`]),
  ];
}

/** @param {Container} container */
const foreignBreaches = (container) =>
  /** @type {const} */ (['startupProbe', 'livenessProbe', 'readinessProbe'])
    .filter((probe) => container[probe] === undefined)
    .map((probe) => `no ${probe}`);

/** @type {import('./rule.mjs').Rule} */
export const probes = {
  name: 'probes',
  about:
    'startup, readiness and liveness everywhere; those of our services on the admin port, liveness without the brokers',
  check: ({ objects }) =>
    workloadsOf(objects)
      .filter(({ kind }) => kind !== 'Job')
      .flatMap((workload) =>
        (podOf(workload).containers ?? []).flatMap((container) => {
          const ours = services.includes(nameOf(workload));
          const breaches = ours ? ourBreaches(container) : foreignBreaches(container);
          return breaches.map((breach) => `${titleOf(workload)}, ${container.name}: ${breach}`);
        }),
      ),
};
