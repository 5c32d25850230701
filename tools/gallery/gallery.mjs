import { requireNode } from '../dev/set-up/require-node.mjs';

requireNode();
const { runMain } = await import('../dev/processes/run-main.mjs');
const { galleryCommand } = await import('./gallery-command.mjs');
await runMain(galleryCommand);
