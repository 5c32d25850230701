import { requireNode } from './set-up/require-node.mjs';

requireNode();
const { testCommand } = await import('./test-servers/test-command.mjs');
process.exit(await testCommand(process.argv.slice(2)));
