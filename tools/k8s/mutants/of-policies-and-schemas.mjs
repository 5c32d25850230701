import { nameOf, ofKind } from '../checks/manifests.mjs';
import { containerOf, force, pick, podIn, without } from './mutant.mjs';

/** @type {readonly import('./mutant.mjs').Mutant[]} */
export const policyAndSchemaMutants = [
  {
    mistake: 'no default-deny',
    of: 'production',
    rule: 'network',
    make: (objects) =>
      force(pick(objects, 'NetworkPolicy', 'default-deny').spec ?? {}, { policyTypes: ['Ingress'] }),
  },
  {
    mistake: 'the worker may reach the metadata of the cloud',
    of: 'production',
    rule: 'network',
    make: (objects) => {
      const { to = [] } = pick(objects, 'NetworkPolicy', 'model-worker').spec?.egress?.[0] ?? {};
      force(to[0]?.ipBlock ?? {}, { except: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] });
    },
  },
  {
    mistake: 'everybody may reach the admin ports',
    of: 'inside',
    rule: 'network',
    make: (objects) =>
      force(pick(objects, 'NetworkPolicy', 'all-services').spec?.ingress?.[0] ?? {}, { from: [] }),
  },
  {
    mistake: 'the way to RabbitMQ is the one without TLS',
    of: 'encrypted',
    rule: 'network',
    make: (objects) =>
      force(pick(objects, 'NetworkPolicy', 'rabbitmq').spec?.ingress?.[0]?.ports?.[0] ?? {}, { port: 5672 }),
  },
  {
    mistake: 'services may not reach Redis',
    of: 'inside',
    rule: 'network',
    make: (objects) => {
      const { spec } = pick(objects, 'NetworkPolicy', 'all-services');
      spec?.egress?.splice(1, 1);
    },
  },
  {
    mistake: 'an alert rule that was changed by hand',
    of: 'production',
    rule: 'monitoring',
    make: (objects) =>
      force(ofKind(objects, 'PrometheusRule')[0]?.spec.groups?.[0]?.rules?.[0] ?? {}, { expr: 'up == 0' }),
  },
  {
    mistake: 'a dashboard that was forgotten',
    of: 'production',
    rule: 'monitoring',
    make: (objects) => without(objects, pick(objects, 'ConfigMap', 'grafana-image2model-workers')),
  },
  {
    mistake: 'a schema: a port that is no number',
    of: 'local',
    rule: 'schema',
    make: (objects) => force(pick(objects, 'Deployment', 'gateway').spec ?? {}, { minReadySeconds: 'five' }),
  },
  {
    mistake: 'a schema: a fallback that KEDA does not know',
    of: 'production',
    rule: 'schema',
    make: (objects) =>
      force(
        pick(objects, 'ScaledObject', 'model-worker').spec.advanced?.horizontalPodAutoscalerConfig ?? {},
        {
          behavior: {
            scaleDown: { stabilizationWindowSeconds: 600, policies: [{ type: 'Pods', value: 1 }] },
          },
        },
      ),
  },
  {
    mistake: 'a misspelt field: imagePullPolcy',
    of: 'production',
    rule: 'types',
    make: (objects) => force(containerOf(objects, 'gateway'), { imagePullPolcy: 'Always' }),
  },
  {
    mistake: 'a field at the wrong place: terminationGracePeriodSeconds of the container',
    of: 'production',
    rule: 'types',
    make: (objects) => force(containerOf(objects, 'model-worker'), { terminationGracePeriodSeconds: 30 }),
  },
  {
    mistake: 'a misspelt field of KEDA: coolDownPeriod',
    of: 'production',
    rule: 'types',
    make: (objects) => force(pick(objects, 'ScaledObject', 'alert-service').spec, { coolDownPeriod: 1800 }),
  },
  {
    mistake: 'a misspelt field of the monitor: intervall',
    of: 'production',
    rule: 'types',
    make: (objects) =>
      force(pick(objects, 'PodMonitor', 'image2model').spec.podMetricsEndpoints?.[0] ?? {}, {
        intervall: '15s',
      }),
  },
  {
    mistake: 'a volume that is not there',
    of: 'plain',
    rule: 'references',
    make: (objects) => without(objects, pick(objects, 'PersistentVolumeClaim', 'image2model-storage')),
  },
  {
    mistake: 'a mount without its volume',
    of: 'plain',
    rule: 'writable-folders',
    make: (objects) =>
      force(podIn(objects, 'gateway'), {
        volumes: podIn(objects, 'gateway').volumes?.filter(({ name }) => name !== 'storage'),
      }),
  },
  {
    mistake: 'two objects of one name',
    of: 'local',
    rule: 'allowed-kinds',
    make: (objects) =>
      objects.push(
        ...objects.filter((object) => object.kind === 'ServiceAccount' && nameOf(object) === 'minio'),
      ),
  },
];
