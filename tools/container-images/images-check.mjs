import { requireNode } from '../dev/set-up/require-node.mjs';

requireNode();
const { runMain } = await import('../dev/processes/run-main.mjs');
const { checkCommand } = await import('./command/check-command.mjs');
await runMain(checkCommand);
