import { requireNode } from '../dev/set-up/require-node.mjs';

requireNode();
const { runMain } = await import('../dev/processes/run-main.mjs');
const { modelCommand } = await import('./command/model-command.mjs');
await runMain(modelCommand);
