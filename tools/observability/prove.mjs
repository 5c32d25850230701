import { requireNode } from '../dev/set-up/require-node.mjs';

requireNode();
const { runMain } = await import('../dev/processes/run-main.mjs');
const { proveCommand } = await import('./command/prove-command.mjs');
await runMain(proveCommand);
