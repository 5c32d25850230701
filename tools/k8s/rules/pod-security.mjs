import { containersOf, nameOf, ofKind, podOf, titleOf, workloadsOf } from '../checks/manifests.mjs';
import { services } from './rule.mjs';

/** @import { Rule } from './rule.mjs' */
/** @import { Container, Workload } from '../checks/kinds.mjs' */

/** @param {Container} container */
function containerBreaches({ securityContext: context = {} }) {
  return [
    ...(context.allowPrivilegeEscalation === false ? [] : ['allowPrivilegeEscalation is not false']),
    ...(context.readOnlyRootFilesystem === true ? [] : ['readOnlyRootFilesystem is not true']),
    ...(context.capabilities?.drop?.includes('ALL') === true ? [] : ['capabilities.drop lacks ALL']),
    ...((context.capabilities?.add ?? []).length > 0 ? ['capabilities are added'] : []),
    ...(context.privileged === true ? ['privileged'] : []),
    ...(context.runAsUser === 0 || context.runAsNonRoot === false ? ['it runs as root'] : []),
  ];
}

/** @param {Workload} workload */
function podBreaches(workload) {
  const pod = podOf(workload);
  const context = pod.securityContext ?? {};
  const ours = services.includes(nameOf(workload));
  const ids = [context.runAsUser, context.runAsGroup, context.fsGroup];
  return [
    ...(context.runAsNonRoot === true ? [] : ['runAsNonRoot is not true']),
    ...(ids.every((id) => id !== undefined && id > 0)
      ? []
      : ['runAsUser, runAsGroup or fsGroup is missing or 0']),
    ...(!ours || ids.every((id) => id === 1000) ? [] : ['our images run as 1000:1000']),
    ...(context.seccompProfile?.type === 'RuntimeDefault' ? [] : ['seccompProfile is not RuntimeDefault']),
    ...(pod.hostNetwork === true || pod.hostPID === true || pod.hostIPC === true
      ? ['it shares a namespace of the node']
      : []),
    ...((pod.volumes ?? []).some(({ hostPath }) => hostPath !== undefined)
      ? ['it mounts a folder of the node']
      : []),
  ];
}

/** @type {Rule} */
export const podSecurity = {
  name: 'pod-security',
  about: 'the Pod Security Standard "restricted", a read-only root, and uid 1000 for our images',
  check: ({ objects }) =>
    workloadsOf(objects).flatMap((workload) => [
      ...podBreaches(workload).map((breach) => `${titleOf(workload)}: ${breach}`),
      ...containersOf(workload).flatMap((container) =>
        containerBreaches(container).map((breach) => `${titleOf(workload)}, ${container.name}: ${breach}`),
      ),
    ]),
};

/** @type {Rule} */
export const writableFolders = {
  name: 'writable-folders',
  about: '/tmp is an emptyDir, and every emptyDir has a size limit; what is mounted is there',
  check: ({ objects }) =>
    workloadsOf(objects).flatMap((workload) => {
      const { volumes = [], containers = [] } = podOf(workload);
      const claims = workload.kind === 'StatefulSet' ? (workload.spec?.volumeClaimTemplates ?? []) : [];
      const names = [...volumes.map(({ name }) => name), ...claims.map(({ metadata }) => metadata?.name)];
      return [
        ...volumes
          .filter(({ emptyDir }) => emptyDir !== undefined && emptyDir?.sizeLimit === undefined)
          .map(({ name }) => `${titleOf(workload)}: the emptyDir ${name} has no sizeLimit`),
        ...containers
          .filter(({ volumeMounts = [] }) => !volumeMounts.some(({ mountPath }) => mountPath === '/tmp'))
          .map(({ name }) => `${titleOf(workload)}, ${name}: nothing is mounted at /tmp`),
        ...containersOf(workload).flatMap(({ name, volumeMounts = [] }) =>
          volumeMounts
            .filter((mount) => !names.includes(mount.name))
            .map((mount) => `${titleOf(workload)}, ${name}: mounts ${mount.name}, which is no volume`),
        ),
      ];
    }),
};

/** @type {Rule} */
export const serviceAccounts = {
  name: 'service-accounts',
  about: 'every workload has a ServiceAccount of its own, and no token',
  check: ({ objects }) => {
    const accounts = ofKind(objects, 'ServiceAccount');
    return workloadsOf(objects).flatMap((workload) => {
      const { serviceAccountName, automountServiceAccountToken } = podOf(workload);
      const account = accounts.find((each) => nameOf(each) === serviceAccountName);
      return [
        ...(serviceAccountName === nameOf(workload)
          ? []
          : [`${titleOf(workload)}: wants the ServiceAccount ${nameOf(workload)}`]),
        ...(serviceAccountName === undefined || account !== undefined
          ? []
          : [`${titleOf(workload)}: there is no ServiceAccount ${serviceAccountName}`]),
        ...(automountServiceAccountToken === false
          ? []
          : [`${titleOf(workload)}: automountServiceAccountToken is not false`]),
        ...(account === undefined || account.automountServiceAccountToken === false
          ? []
          : [`${titleOf(account)}: automountServiceAccountToken is not false`]),
      ];
    });
  },
};
