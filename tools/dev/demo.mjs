import { requireNode } from './set-up/require-node.mjs';

requireNode();
const { runMain } = await import('./processes/run-main.mjs');
const { demoCommand } = await import('./demo/demo-command.mjs');
await runMain(demoCommand);
