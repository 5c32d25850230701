/**
 * The kinds that our manifests may have, each with its type; a union, so that `kind` tells which.
 * @typedef {import('kubernetes-models/v1/Namespace').INamespace} Namespace
 * @typedef {import('kubernetes-models/v1/ConfigMap').IConfigMap} ConfigMap
 * @typedef {import('kubernetes-models/v1/Secret').ISecret} Secret
 * @typedef {import('kubernetes-models/v1/Service').IService} Service
 * @typedef {import('kubernetes-models/v1/ServiceAccount').IServiceAccount} ServiceAccount
 * @typedef {import('kubernetes-models/v1/PersistentVolumeClaim').IPersistentVolumeClaim} PersistentVolumeClaim
 * @typedef {import('kubernetes-models/apps/v1/Deployment').IDeployment} Deployment
 * @typedef {import('kubernetes-models/apps/v1/StatefulSet').IStatefulSet} StatefulSet
 * @typedef {import('kubernetes-models/batch/v1/Job').IJob} Job
 * @typedef {import('kubernetes-models/policy/v1/PodDisruptionBudget').IPodDisruptionBudget} PodDisruptionBudget
 * @typedef {import('kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler').IHorizontalPodAutoscaler} HorizontalPodAutoscaler
 * @typedef {import('kubernetes-models/networking.k8s.io/v1/NetworkPolicy').INetworkPolicy} NetworkPolicy
 * @typedef {import('kubernetes-models/networking.k8s.io/v1/Ingress').IIngress} Ingress
 * @typedef {import('@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject').IScaledObject} ScaledObject
 * @typedef {import('@kubernetes-models/keda/keda.sh/v1alpha1/TriggerAuthentication').ITriggerAuthentication} TriggerAuthentication
 * @typedef {import('@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor').IPodMonitor} PodMonitor
 * @typedef {import('@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule').IPrometheusRule} PrometheusRule
 * @typedef {Namespace | ConfigMap | Secret | Service | ServiceAccount | PersistentVolumeClaim | Deployment | StatefulSet | Job
 *   | PodDisruptionBudget | HorizontalPodAutoscaler | NetworkPolicy | Ingress | ScaledObject | TriggerAuthentication | PodMonitor
 *   | PrometheusRule} Manifest
 * @typedef {Deployment | StatefulSet | Job} Workload
 * @typedef {import('kubernetes-models/v1/PodSpec').IPodSpec} PodSpec
 * @typedef {import('kubernetes-models/v1/Container').IContainer} Container
 */

/** Group and version of each kind that is allowed. @type {Readonly<Record<Manifest['kind'], string>>} */
export const apiVersions = {
  Namespace: 'v1',
  ConfigMap: 'v1',
  Secret: 'v1',
  Service: 'v1',
  ServiceAccount: 'v1',
  PersistentVolumeClaim: 'v1',
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  Job: 'batch/v1',
  PodDisruptionBudget: 'policy/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  NetworkPolicy: 'networking.k8s.io/v1',
  Ingress: 'networking.k8s.io/v1',
  ScaledObject: 'keda.sh/v1alpha1',
  TriggerAuthentication: 'keda.sh/v1alpha1',
  PodMonitor: 'monitoring.coreos.com/v1',
  PrometheusRule: 'monitoring.coreos.com/v1',
};

const packages = {
  'keda.sh/v1alpha1': '@kubernetes-models/keda',
  'monitoring.coreos.com/v1': '@kubernetes-models/prometheus-operator',
};

/**
 * The module with the model of a kind, and the name of its interface; null for a kind that is not allowed.
 * @param {{ apiVersion?: string, kind?: string }} manifest
 */
export function modelOf({ apiVersion = '', kind = '' }) {
  if (!Object.hasOwn(apiVersions, kind)) return null;
  if (apiVersions[/** @type {Manifest['kind']} */ (kind)] !== apiVersion) return null;
  const from = Object.entries(packages).find(([version]) => version === apiVersion)?.[1];
  return { module: `${from ?? 'kubernetes-models'}/${apiVersion}/${kind}`, type: `I${kind}`, model: kind };
}
