import { requireNode } from '../dev/set-up/require-node.mjs';

requireNode();
const { setUpMeasure } = await import('./command/set-up-measure.mjs');
const { runMain } = await import('../dev/processes/run-main.mjs');
// Nothing that is installed may be imported before the set-up has installed it.
await runMain(async (context) => {
  const flags = await setUpMeasure(context);
  if (flags === null) return 0;
  const { measureCommand } = await import('./command/measure-command.mjs');
  return measureCommand(flags, context);
});
