import { podOf } from '../checks/manifests.mjs';
import { containerOf, copyOf, force, pick, without } from './mutant.mjs';

/** @type {readonly import('./mutant.mjs').Mutant[]} */
export const wiringMutants = [
  {
    mistake: 'a group that is gone: extensions/v1beta1',
    of: 'production',
    rule: 'allowed-kinds',
    make: (objects) => force(pick(objects, 'Ingress', 'gateway'), { apiVersion: 'extensions/v1beta1' }),
  },
  {
    mistake: 'rights in the whole cluster',
    of: 'production',
    rule: 'allowed-kinds',
    make: (objects) => {
      const binding = copyOf(pick(objects, 'ServiceAccount', 'gateway'));
      force(binding, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding' });
      objects.push(binding);
    },
  },
  {
    mistake: 'an object in another namespace',
    of: 'local',
    rule: 'allowed-kinds',
    make: (objects) =>
      force(pick(objects, 'ServiceAccount', 'gateway').metadata ?? {}, { namespace: 'default' }),
  },
  {
    mistake: 'a namespace that lets pods do anything',
    of: 'production',
    rule: 'namespace-restricted',
    make: (objects) =>
      delete pick(objects, 'Namespace', 'image2model').metadata?.labels?.[
        'pod-security.kubernetes.io/enforce'
      ],
  },
  {
    mistake: 'the version of the last release on the pods',
    of: 'production',
    rule: 'labels',
    make: (objects) =>
      force(pick(objects, 'Deployment', 'gateway').spec?.template.metadata?.labels ?? {}, {
        'app.kubernetes.io/version': '0.0.9',
      }),
  },
  {
    mistake: 'a Service whose selector is misspelt',
    of: 'local',
    rule: 'selectors',
    make: (objects) =>
      force(pick(objects, 'Service', 'minio').spec ?? {}, {
        selector: { 'app.kubernetes.io/name': 'mino' },
        ports: [],
      }),
  },
  {
    mistake: 'a Deployment that does not choose its own pods',
    of: 'production',
    rule: 'selectors',
    make: (objects) =>
      force(pick(objects, 'Deployment', 'model-worker').spec ?? {}, {
        selector: { matchLabels: { app: 'model-worker' } },
      }),
  },
  {
    mistake: 'a port that nobody listens on',
    of: 'production',
    rule: 'ports',
    make: (objects) =>
      force(pick(objects, 'Service', 'gateway').spec?.ports?.[0] ?? {}, { targetPort: 'web' }),
  },
  {
    mistake: 'the admin port of the settings is not that of the pods',
    of: 'local',
    rule: 'ports',
    make: (objects) => force(pick(objects, 'ConfigMap', 'image2model').data ?? {}, { ADMIN_PORT: '9091' }),
  },
  {
    mistake: 'an API that only the pod itself reaches',
    of: 'local',
    rule: 'ports',
    make: (objects) =>
      force(pick(objects, 'ConfigMap', 'image2model-gateway').data ?? {}, { HOST: '127.0.0.1' }),
  },
  {
    mistake: 'a Secret that nobody has heard of',
    of: 'production',
    rule: 'references',
    make: (objects) =>
      containerOf(objects, 'batch-orchestrator').env?.push({
        name: 'FAL_ORIGIN',
        valueFrom: { secretKeyRef: { name: 'image2model-fal', key: 'origin', optional: true } },
      }),
  },
  {
    mistake: 'a volume of a ConfigMap that is not there',
    of: 'inside',
    rule: 'references',
    make: (objects) => without(objects, pick(objects, 'ConfigMap', 'redis-scripts')),
  },
  {
    mistake: 'a misspelt variable',
    of: 'production',
    rule: 'known-variables',
    make: (objects) =>
      force(pick(objects, 'ConfigMap', 'image2model-model-worker').data ?? {}, { WORKER_CONCURENCY: '8' }),
  },
  {
    mistake: 'a value that the service refuses',
    of: 'production',
    rule: 'valid-configuration',
    make: (objects) =>
      force(pick(objects, 'ConfigMap', 'image2model-model-worker').data ?? {}, {
        WORKER_CONCURRENCY: 'many',
      }),
  },
  {
    mistake: 'the bootstrap job is not told a password',
    of: 'production',
    rule: 'valid-configuration',
    make: (objects) => {
      const [container] = podOf(pick(objects, 'Job', 'bootstrap')).containers;
      container?.env?.splice(
        container.env.findIndex(({ name }) => name === 'BOOTSTRAP_PASSWORD_GATEWAY'),
        1,
      );
    },
  },
  {
    mistake: 'nothing says where files are kept',
    of: 'production',
    rule: 'valid-configuration',
    make: (objects) => delete pick(objects, 'ConfigMap', 'image2model').data?.['STORAGE_URL'],
  },
  {
    mistake: 'a password in a ConfigMap',
    of: 'local',
    rule: 'no-secrets-inside',
    make: (objects) =>
      force(pick(objects, 'ConfigMap', 'image2model').data ?? {}, {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'https://me:secret@collector.example.com',
      }),
  },
  {
    mistake: 'a key that is written out',
    of: 'production',
    rule: 'no-secrets-inside',
    make: (objects) =>
      force(containerOf(objects, 'model-worker').env?.find(({ name }) => name === 'FAL_KEY') ?? {}, {
        value: 'abc',
        valueFrom: undefined,
      }),
  },
  {
    mistake: 'a Secret among the manifests of production',
    of: 'production',
    rule: 'no-secrets-inside',
    make: (objects) => {
      const metadata = {
        name: 'image2model-keda',
        namespace: 'image2model',
        labels: { 'app.kubernetes.io/part-of': 'image2model' },
      };
      objects.push({ apiVersion: 'v1', kind: 'Secret', metadata, stringData: { host: 'x' } });
    },
  },
];
