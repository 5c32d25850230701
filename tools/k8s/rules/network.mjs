import { chooses, nameOf, ofKind, podLabelsOf, workloadsOf } from '../checks/manifests.mjs';
import { expectedTraffic } from './expected-traffic.mjs';

/** @import { Rule } from './rule.mjs' */
/** @import { NetworkPolicy } from '../checks/kinds.mjs' */

const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

/**
 * A peer of a policy in one word: `rabbitmq`, `services`, `namespace keda`, `public`, `private`, `anywhere`.
 * @param {{ ipBlock?: { cidr: string, except?: string[] }, podSelector?: import('../checks/manifests.mjs').Selector, namespaceSelector?: import('../checks/manifests.mjs').Selector }} peer
 */
function wordFor({ ipBlock, podSelector, namespaceSelector }) {
  if (ipBlock !== undefined) {
    const { cidr, except = [] } = ipBlock;
    if (privateRanges.includes(cidr)) return 'private';
    const guarded = [...privateRanges, '169.254.0.0/16', '127.0.0.0/8', '100.64.0.0/10'].every((range) =>
      except.includes(range),
    );
    return cidr === '0.0.0.0/0' && guarded ? 'public' : 'anywhere';
  }
  const { matchLabels: labels = {} } = podSelector ?? {};
  const namespace = namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name'];
  if (namespace !== undefined) return `namespace ${namespace}`;
  if (namespaceSelector !== undefined) return 'anywhere';
  if (labels['app.kubernetes.io/component'] === 'service') return 'services';
  return labels['app.kubernetes.io/name'] ?? 'anywhere';
}

/** @param {{ from?: object[], to?: object[], ports?: { port?: number | string }[] }[]} rules @param {'from' | 'to'} side */
function edgesOf(rules, side) {
  return rules.flatMap((rule) => {
    const peers = (rule[side] ?? []).length === 0 ? ['anywhere'] : (rule[side] ?? []).map(wordFor);
    const ports =
      (rule.ports ?? []).length === 0
        ? ['any port']
        : (rule.ports ?? []).map(({ port }) => String(port ?? 'any port'));
    return peers.flatMap((peer) => ports.map((port) => `${peer}:${port}`));
  });
}

/** What the policies let a pod do. @param {NetworkPolicy[]} policies @param {Record<string, string>} pod */
function trafficOf(policies, pod) {
  const own = policies.filter(({ spec }) => chooses(spec?.podSelector, pod));
  const covered = (/** @type {'Ingress' | 'Egress'} */ type) =>
    own.some(({ spec }) => spec?.policyTypes?.includes(type) === true);
  return {
    from: covered('Ingress')
      ? own.flatMap(({ spec }) => edgesOf(spec?.ingress ?? [], 'from'))
      : ['anywhere:any port'],
    to: covered('Egress')
      ? own.flatMap(({ spec }) => edgesOf(spec?.egress ?? [], 'to'))
      : ['anywhere:any port'],
  };
}

/** @type {Rule} */
export const network = {
  name: 'network',
  about:
    'with network policies everything is denied, and each pod may reach, and be reached by, exactly what it needs',
  check: ({ objects }) => {
    const policies = ofKind(objects, 'NetworkPolicy');
    const denied = policies.find((policy) => nameOf(policy) === 'default-deny');
    // without the component there are only those that guard the brokers
    if (denied === undefined && !policies.some((policy) => nameOf(policy) === 'all-services')) return [];
    const closed =
      denied !== undefined &&
      Object.keys(denied.spec?.podSelector ?? {}).length === 0 &&
      denied.spec?.policyTypes?.length === 2;
    const expected = expectedTraffic(objects);
    return [
      ...(closed ? [] : ['no default-deny for all pods, in both directions']),
      ...workloadsOf(objects).flatMap((workload) => {
        const name = nameOf(workload);
        const allowed = trafficOf(policies, podLabelsOf(workload));
        const wanted = expected[name] ?? { from: [], to: [] };
        return /** @type {const} */ (['from', 'to']).flatMap((side) => [
          ...[...new Set(allowed[side])]
            .filter((edge) => !wanted[side].includes(edge))
            .map((edge) => `${name} may talk ${side} ${edge}, which it does not need`),
          ...wanted[side]
            .filter((edge) => !allowed[side].includes(edge))
            .map((edge) => `${name} may not talk ${side} ${edge}, which it needs`),
        ]);
      }),
    ];
  },
};
