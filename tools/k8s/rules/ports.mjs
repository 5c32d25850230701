import { chooses, nameOf, ofKind, podLabelsOf, podOf, titleOf, workloadsOf } from '../checks/manifests.mjs';

/** @import { Rule } from './rule.mjs' */
/** @import { Manifest, Workload } from '../checks/kinds.mjs' */

/** @param {Workload | undefined} workload */
const portsOf = (workload) =>
  workload === undefined ? [] : (podOf(workload).containers ?? []).flatMap(({ ports = [] }) => ports);

/** @param {readonly Manifest[]} objects */
function probeBreaches(objects) {
  return workloadsOf(objects).flatMap((workload) =>
    (podOf(workload).containers ?? []).flatMap(
      ({ startupProbe, livenessProbe, readinessProbe, ports = [] }) =>
        [startupProbe, livenessProbe, readinessProbe]
          .map((probe) => probe?.httpGet?.port ?? probe?.tcpSocket?.port)
          .filter(
            (port) =>
              port !== undefined &&
              !ports.some(({ name, containerPort }) => name === port || containerPort === port),
          )
          .map((port) => `${titleOf(workload)}: a probe asks port ${port}, which it does not have`),
    ),
  );
}

/** @param {readonly Manifest[]} objects */
function listeningBreaches(objects) {
  const data = (/** @type {string} */ name) =>
    Object.assign(
      {},
      ...ofKind(objects, 'ConfigMap')
        .filter((map) => nameOf(map).startsWith(name))
        .map((map) => map.data ?? {}),
    );
  const shared = data('image2model');
  const wanted = [
    { port: 'admin', variable: 'ADMIN_PORT', host: 'ADMIN_HOST' },
    { port: 'http', variable: 'PORT', host: 'HOST' },
  ];
  return ofKind(objects, 'Deployment').flatMap((workload) =>
    wanted.flatMap(({ port, variable, host }) => {
      const there = portsOf(workload).find(({ name }) => name === port);
      if (there === undefined) return [];
      return [
        ...(String(there.containerPort) === shared[variable]
          ? []
          : [
              `${titleOf(workload)}: its port ${port} is ${there.containerPort}, ${variable} is ${shared[variable]}`,
            ]),
        ...(shared[host] === '0.0.0.0'
          ? []
          : [`${titleOf(workload)}: ${host} is ${shared[host]}: nobody outside of the pod reaches it`]),
      ];
    }),
  );
}

/** @type {Rule} */
export const ports = {
  name: 'ports',
  about: 'what a Service, a probe, a monitor or an Ingress names is a port that is listened on',
  check: ({ objects }) => {
    const pods = workloadsOf(objects);
    const services = ofKind(objects, 'Service');
    return [
      ...services.flatMap((service) =>
        (service.spec?.ports ?? [])
          .filter(
            ({ targetPort }) =>
              !pods.some(
                (pod) =>
                  chooses({ matchLabels: service.spec?.selector ?? {} }, podLabelsOf(pod)) &&
                  portsOf(pod).some(({ name }) => name === targetPort),
              ),
          )
          .map(({ targetPort }) => `${titleOf(service)}: its pods have no port ${targetPort}`),
      ),
      ...ofKind(objects, 'PodMonitor').flatMap((monitor) =>
        (monitor.spec.podMetricsEndpoints ?? [])
          .filter(
            ({ port }) =>
              !pods
                .filter((pod) => chooses(monitor.spec.selector, podLabelsOf(pod)))
                .every((pod) => portsOf(pod).some(({ name }) => name === port)),
          )
          .map(({ port }) => `${titleOf(monitor)}: its pods have no port ${port}`),
      ),
      ...ofKind(objects, 'Ingress').flatMap((ingress) =>
        (ingress.spec?.rules ?? [])
          .flatMap(({ http }) => http?.paths ?? [])
          .filter(
            ({ backend }) =>
              !services.some(
                (service) =>
                  nameOf(service) === backend.service?.name &&
                  (service.spec?.ports ?? []).some(({ name }) => name === backend.service?.port?.name),
              ),
          )
          .map(
            ({ backend }) =>
              `${titleOf(ingress)}: there is no Service ${backend.service?.name} with the port ${backend.service?.port?.name}`,
          ),
      ),
      ...probeBreaches(objects),
      ...listeningBreaches(objects),
    ];
  },
};
