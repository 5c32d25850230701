import { requireNode } from './set-up/require-node.mjs';

requireNode();
const { runMain } = await import('./processes/run-main.mjs');
const { checkCommand } = await import('./check/check-command.mjs');
await runMain(checkCommand);
