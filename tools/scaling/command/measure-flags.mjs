import { resolve } from 'node:path';
import { parseFlags } from '../../dev/processes/parse-flags.mjs';

/** @typedef {{ help: boolean, json: string | null, keep: boolean, build: boolean, allowInstall: boolean }} MeasureFlags */

export const measureHelp = `npm run scale:measure [-- flags]   what a file, a stream and an idle process cost, for docs/scaling.md

  --json FILE    write the constants there and leave the project's own, and docs/scaling.md, as they are
  --no-build     run the bundles in apps/*/dist as they are
  --no-install   install no Debian packages when RabbitMQ or Redis are missing
  --help

Without --json it replaces tools/scaling/constants.json and the tables of docs/scaling.md. All five services, RabbitMQ, Redis
and the stand-in of fal are its own, in a temporary folder that goes when it ends; less than five minutes on a quiet machine.
Ends with 0; 1 when a batch does not end well; 64 for wrong flags, 78 when something is missing, 130 after Ctrl-C.`;

/** @param {string[]} args @returns {MeasureFlags} */
export function parseMeasureFlags(args) {
  const flags = parseFlags(args, {
    json: { type: 'string' },
    'no-build': { type: 'boolean' },
    'no-install': { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  // npm runs scripts at the root, and tells where it was called: paths are meant from there.
  const calledFrom = process.env['INIT_CWD'] ?? process.cwd();
  return {
    help: flags.help === true,
    json: flags.json === undefined ? null : resolve(calledFrom, flags.json),
    keep: flags.json === undefined,
    build: flags['no-build'] !== true,
    allowInstall: flags['no-install'] !== true,
  };
}
