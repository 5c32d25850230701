import { setUp } from '../../dev/set-up/set-up.mjs';
import { benchHelp, parseBenchFlags } from './flags.mjs';

/**
 * Packages and bundles, as `npm test` sees to them; null when --help was all that was asked for.
 * @param {{ args: string[], signal: AbortSignal, log: (text: string) => void }} context
 */
export async function setUpBench({ args, signal, log }) {
  const flags = parseBenchFlags(args);
  if (flags.help) {
    log(benchHelp);
    return null;
  }
  await setUp({ log, signal, build: flags.build });
  return flags;
}
