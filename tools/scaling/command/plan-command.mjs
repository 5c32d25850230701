import { exitCodes } from '../../dev/processes/exit-codes.mjs';
import { writeJson } from '../../dev/processes/write-atomic.mjs';
import { readConstants } from '../constants/read-constants.mjs';
import { defaultWishes } from '../model/assumptions.mjs';
import { planCapacity } from '../model/plan-capacity.mjs';
import { planText } from '../report/plan-text.mjs';
import { refillDocument } from '../report/refill-document.mjs';
import { parsePlanFlags, planHelp } from './plan-flags.mjs';

/**
 * `npm run scale:plan`
 * @type {Parameters<typeof import('../../dev/processes/run-main.mjs').runMain>[0]}
 */
export async function planCommand({ args, log }) {
  const flags = parsePlanFlags(args);
  if (flags.help) {
    log(planHelp);
    return exitCodes.ok;
  }
  const constants = readConstants();
  if (flags.refill) {
    log(`✓ ${await refillDocument(constants)}`);
    return exitCodes.ok;
  }
  const { filesPerDay, provider, wishes } = flags;
  const plan = planCapacity(constants, {
    ...defaultWishes(provider, constants),
    ...wishes,
    ...{ filesPerDay, provider },
  });
  log(planText(plan));
  if (flags.json !== null) writeJson(flags.json, plan);
  return exitCodes.ok;
}
