import { isDeepStrictEqual } from 'node:util';
import { nameOf, ofKind, titleOf } from '../checks/manifests.mjs';

/** @type {import('./rule.mjs').Rule} */
export const monitoring = {
  name: 'monitoring',
  about:
    'alert rules and dashboards are those of observability/, and targets have the labels that these expect',
  check: ({ objects }, { alertGroups, dashboards }) => {
    const rules = ofKind(objects, 'PrometheusRule');
    if (rules.length === 0) return [];
    const maps = ofKind(objects, 'ConfigMap').filter(
      ({ metadata }) => metadata?.labels?.['grafana_dashboard'] === '1',
    );
    const monitor = ofKind(objects, 'PodMonitor').find((object) => nameOf(object) === 'image2model');
    const targets = (monitor?.spec.podMetricsEndpoints ?? []).flatMap(({ relabelings = [] }) =>
      relabelings.map(({ targetLabel }) => targetLabel),
    );
    return [
      ...rules
        .filter(({ spec }) => !isDeepStrictEqual(spec.groups, alertGroups))
        .map(
          (rule) =>
            `${titleOf(rule)}: is not what observability/prometheus/rules says; npm run k8s:check -- --write`,
        ),
      ...dashboards
        .filter((file) => !maps.some(({ data = {} }) => Object.hasOwn(data, file)))
        .map((file) => `the dashboard ${file} is in no ConfigMap`),
      ...['app', 'instance', 'job']
        .filter((label) => !targets.includes(label))
        .map((label) => `PodMonitor image2model: no target gets the label ${label}`),
    ];
  },
};
