import { requireNode } from '../dev/set-up/require-node.mjs';

requireNode();
const { setUpBench } = await import('./command/set-up-bench.mjs');
const { runMain } = await import('../dev/processes/run-main.mjs');
// Nothing that is installed may be imported before the set-up has installed it.
await runMain(async (context) => {
  const flags = await setUpBench(context);
  if (flags === null) return 0;
  const { benchCommand } = await import('./command/bench-command.mjs');
  return benchCommand(flags, context);
});
