/** @import { Manifest, Workload, PodSpec, Container } from './kinds.mjs' */

/**
 * @template {Manifest['kind']} K
 * @param {readonly Manifest[]} objects @param {K} kind
 * @returns {Extract<Manifest, { kind: K }>[]}
 */
export const ofKind = (objects, kind) =>
  /** @type {Extract<Manifest, { kind: K }>[]} */ (objects.filter((object) => object.kind === kind));

/** `Deployment gateway`, as messages name an object. @param {Manifest} object */
export const titleOf = (object) => `${object.kind} ${nameOf(object)}`;

/** @param {Manifest} object */
export const nameOf = (object) => object.metadata?.name ?? '(without a name)';

/** @param {readonly Manifest[]} objects @returns {Workload[]} */
export const workloadsOf = (objects) => [
  ...ofKind(objects, 'Deployment'),
  ...ofKind(objects, 'StatefulSet'),
  ...ofKind(objects, 'Job'),
];

/** The pods of a workload. @param {Workload} workload @returns {PodSpec} */
export const podOf = (workload) => workload.spec?.template?.spec ?? { containers: [] };

/** @param {Workload} workload @returns {Record<string, string>} */
export const podLabelsOf = (workload) => workload.spec?.template?.metadata?.labels ?? {};

/** Containers, those that run before the others included. @param {Workload} workload @returns {Container[]} */
export const containersOf = (workload) => {
  const pod = podOf(workload);
  return [...(pod.initContainers ?? []), ...(pod.containers ?? [])];
};

/**
 * @typedef {{ matchLabels?: Record<string, string>, matchExpressions?: { key: string, operator: string, values?: string[] }[] }} Selector
 */

/** Whether labels are chosen; only the operator In is understood, others choose nothing. @param {Selector | undefined} selector @param {Record<string, string>} labels */
export function chooses(selector, labels) {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(
      ({ key, operator, values = [] }) => operator === 'In' && values.includes(labels[key] ?? ''),
    )
  );
}

/** A number and what it counts in bytes or cores: `512Mi`, `200m`, `2`; NaN when it is none. @param {string | number | undefined} quantity */
export function quantityOf(quantity) {
  const [, number = '', unit = ''] = /^([0-9.]+)([a-zA-Z]*)$/.exec(String(quantity ?? '')) ?? [];
  const factors = { '': 1, m: 0.001, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };
  const factor = Object.entries(factors).find(([name]) => name === unit)?.[1] ?? NaN;
  return number === '' ? NaN : Number(number) * factor;
}
