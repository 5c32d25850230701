import { requireNode } from '../dev/set-up/require-node.mjs';

requireNode();
const { runMain } = await import('../dev/processes/run-main.mjs');
const { standInCommand } = await import('./command/stand-in-command.mjs');
await runMain(standInCommand, { stoppedCode: 0 });
