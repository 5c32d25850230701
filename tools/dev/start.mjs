import { requireNode } from './set-up/require-node.mjs';

requireNode();
const { runMain } = await import('./processes/run-main.mjs');
const { startCommand } = await import('./services/start-command.mjs');
const { exitCodes } = await import('./processes/exit-codes.mjs');
// Stopping is how this command is meant to end.
await runMain(startCommand, { stoppedCode: exitCodes.ok });
