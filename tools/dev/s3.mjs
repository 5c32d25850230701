import { requireNode } from './set-up/require-node.mjs';

requireNode();
const { runMain } = await import('./processes/run-main.mjs');
const { s3Command } = await import('./s3/s3-command.mjs');
// Stopping is how this command is meant to end.
await runMain(s3Command, { stoppedCode: 0 });
