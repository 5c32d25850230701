import { containersOf, nameOf, quantityOf, titleOf, workloadsOf } from '../checks/manifests.mjs';

/** Most of a service that was ever measured with batches of 100,000 files, MB (docs/performance.md), and room beside it. */
const leastMemoryMb = { gateway: 256, 'batch-orchestrator': 256, 'model-worker': 1_600 };

/** @type {import('./rule.mjs').Rule} */
export const resources = {
  name: 'resources',
  about:
    'requests for processor and memory, a limit for memory that holds what was measured, none for the processor',
  check: ({ objects }) =>
    workloadsOf(objects).flatMap((workload) =>
      containersOf(workload).flatMap(({ name, resources: { requests = {}, limits = {} } = {} }) => {
        const [asked, most] = [quantityOf(requests['memory']), quantityOf(limits['memory'])];
        const least =
          Object.entries(leastMemoryMb).find(([service]) => service === nameOf(workload))?.[1] ?? 0;
        return [
          ...(Number.isNaN(quantityOf(requests['cpu'])) ? ['no request for cpu'] : []),
          ...(Number.isNaN(asked) || Number.isNaN(most) ? ['no request or limit for memory'] : []),
          ...(asked > most ? ['asks for more memory than its limit'] : []),
          ...(most < least * 1e6
            ? [`its memory limit is less than ${least} MB, which it was seen to need`]
            : []),
          ...(limits['cpu'] === undefined
            ? []
            : ['has a CPU limit: throttling stretches leases and heartbeats']),
        ].map((breach) => `${titleOf(workload)}, ${name}: ${breach}`);
      }),
    ),
};
