import { requireNode } from '../dev/set-up/require-node.mjs';

requireNode();
const { runMain } = await import('../dev/processes/run-main.mjs');
const { planCommand } = await import('./command/plan-command.mjs');
await runMain(planCommand);
