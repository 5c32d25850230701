import { setUp } from '../../dev/set-up/set-up.mjs';
import { measureHelp, parseMeasureFlags } from './measure-flags.mjs';

/**
 * Packages and bundles, as `npm test` sees to them; null when --help was all that was asked for.
 * @param {{ args: string[], signal: AbortSignal, log: (text: string) => void }} context
 */
export async function setUpMeasure({ args, signal, log }) {
  const flags = parseMeasureFlags(args);
  if (flags.help) {
    log(measureHelp);
    return null;
  }
  await setUp({ log, signal, build: flags.build });
  return flags;
}
