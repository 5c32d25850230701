import { requireNode } from '../dev/set-up/require-node.mjs';

requireNode();
const { runMain } = await import('../dev/processes/run-main.mjs');
const { chaosCommand } = await import('./command/chaos-command.mjs');
await runMain(chaosCommand);
