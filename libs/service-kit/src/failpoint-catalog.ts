import { orchestratorFailpoints } from './failpoints-of-orchestrator.js';
import { paidFailpoints } from './failpoints-of-paid-files.js';
import { workerFailpoints } from './failpoints-of-worker.js';

/** Every failpoint in the order of the steps. docs/generated/failpoints.md is made from it. */
export const failpointCatalog = [...orchestratorFailpoints, ...workerFailpoints, ...paidFailpoints] as const;
export type FailpointName = (typeof failpointCatalog)[number]['name'];
