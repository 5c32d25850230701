import { allowedKinds, namespaceRestricted } from './allowed-kinds.mjs';
import { disruption, jobs, quorum, rollout, spread } from './availability.mjs';
import { replicas, scaleLimits } from './autoscalers.mjs';
import { knownVariables, references, validConfiguration } from './configuration.mjs';
import { images } from './images.mjs';
import { labels, selectors } from './labels.mjs';
import { monitoring } from './monitoring.mjs';
import { network } from './network.mjs';
import { podSecurity, serviceAccounts, writableFolders } from './pod-security.mjs';
import { ports } from './ports.mjs';
import { probes } from './probes.mjs';
import { resources } from './resources.mjs';
import { scalingMetrics } from './scaling-metrics.mjs';
import { noSecretsInside } from './secrets.mjs';
import { kedaTriggers, scalingQueues } from './triggers.mjs';

/** Everything that is asked of every set of manifests, beside the schemas. @type {readonly import('./rule.mjs').Rule[]} */
export const rules = [
  allowedKinds,
  namespaceRestricted,
  labels,
  selectors,
  podSecurity,
  serviceAccounts,
  writableFolders,
  probes,
  resources,
  rollout,
  disruption,
  spread,
  quorum,
  jobs,
  images,
  ports,
  references,
  knownVariables,
  validConfiguration,
  noSecretsInside,
  replicas,
  scaleLimits,
  kedaTriggers,
  scalingQueues,
  scalingMetrics,
  network,
  monitoring,
];
