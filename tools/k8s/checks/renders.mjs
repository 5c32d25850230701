/**
 * One set of manifests to look at.
 * @typedef {object} Render
 * @property {string} name
 * @property {string} [overlay] a folder of k8s/overlays, as `kubectl apply -k` takes it
 * @property {string[]} [components] folders of k8s/components, on the base
 * @property {boolean} [outside] RabbitMQ and Redis run outside: with the production overlay's network policies
 * @property {boolean} complete whether it could run as it is; a component alone could not
 */

const scaling = ['autoscale-keda', 'autoscale-hpa', 'fixed-replicas'];
const storage = ['object-storage', 'shared-volume'];
const always = ['bootstrap', 'network-policies', 'monitoring', 'ingress'];
const inside = ['in-cluster-brokers', 'broker-monitoring'];
/** What comes first, and what last: broker-tls changes what the others brought. */
const brokers = [
  { where: 'in-cluster brokers', first: inside, last: [] },
  { where: 'in-cluster brokers with TLS', first: inside, last: ['tls', 'broker-tls'] },
  { where: 'brokers outside', first: [], last: ['tls'], outside: true },
];
/** A component that changes another cannot be without it. @type {Readonly<Record<string, readonly string[]>>} */
const needs = { 'broker-tls': ['in-cluster-brokers'] };

/** Every way to scale × where the brokers are × where the files are, each with all that goes with every one of them. */
const combinations = () =>
  scaling.flatMap((scaler) =>
    brokers.flatMap(({ where, first, last, outside }) =>
      storage.map((store) => ({
        name: `${scaler}, ${where}, ${store}`,
        components: [...first, store, scaler, ...always, ...last],
        outside,
        complete: true,
      })),
    ),
  );

/** The overlays, all combinations, and each component alone. @param {readonly string[]} components @returns {Render[]} */
export const rendersOf = (components) => [
  { name: 'overlay local', overlay: 'local', complete: true },
  { name: 'overlay production', overlay: 'production', complete: true },
  ...combinations(),
  { name: 'base', components: [], complete: false },
  ...components.map((component) => ({
    name: `base, ${component}`,
    components: [...(needs[component] ?? []), component],
    complete: false,
  })),
];
