import { defaultWishes } from '../model/assumptions.mjs';
import { planCapacity } from '../model/plan-capacity.mjs';
import { constantTables } from './constant-tables.mjs';
import { large, markdownTable, whole } from './figures.mjs';
import { planRows } from './plan-rows.mjs';

/**
 * @typedef {import('../constants/schema.mjs').Constants} Constants
 * @typedef {import('../model/plan-capacity.mjs').Plan} Plan
 */

/** The three of the document. */
const scenarios = [10_000, 100_000, 1_000_000];

/** @param {Constants} constants @param {'fal' | 'embedded'} provider */
const plansOf = (constants, provider) =>
  scenarios.map((filesPerDay) =>
    planCapacity(constants, { ...defaultWishes(provider, constants), filesPerDay, provider }),
  );

/** @param {Plan[]} plans */
const scenarioTable = (plans) =>
  markdownTable(
    ['files a day', ...plans.map(({ wishes }) => whole(wishes.filesPerDay))],
    planRows.map(([title, value]) => [title, ...plans.map(value)]),
  );

/** @param {Plan[]} plans their limits do not depend on the files a day */
function limitTable(plans) {
  const [{ limits } = { limits: [] }] = plans;
  const reached = (/** @type {number} */ filesPerDay) =>
    plans.map(({ wishes }) => (filesPerDay < wishes.filesPerDay ? 'gives out' : ''));
  return markdownTable(
    [
      'what gives out',
      'files a day',
      ...scenarios.map((files) => large(files)),
      'reckoned by',
      'what to do then',
    ],
    limits.map(({ what, filesPerDay, how, then }) => [
      what,
      large(filesPerDay),
      ...reached(filesPerDay),
      how,
      then,
    ]),
    'left',
  );
}

/** What has given out, and what comes next. @param {Plan} plan */
function shortCell({ reached, limits }) {
  const gone = reached.map(({ what }) => what).join('; ') || 'nothing';
  const next = limits[reached.length];
  return next === undefined ? gone : `${gone} — next, at ${large(next.filesPerDay)}: ${next.what}`;
}

/** @param {Plan[]} fal @param {Plan[]} embedded */
const shortTable = (fal, embedded) =>
  markdownTable(
    ['files a day', 'gives out with fal', 'gives out with the embedded generator'],
    scenarios.map((filesPerDay, at) => [
      whole(filesPerDay),
      ...[fal[at], embedded[at]].map((plan) => (plan === undefined ? '–' : shortCell(plan))),
    ]),
    'left',
  );

const drainHours = [0, 1, 2, 4, 8, 23];

/** What time is worth. @param {Constants} constants */
function drainTable(constants) {
  const limits = drainHours.map((hours) => {
    const wishes = { ...defaultWishes('fal', constants), drainHours: hours };
    const plan = planCapacity(constants, { ...wishes, filesPerDay: 1, provider: 'fal' });
    return plan.limits.find(({ what }) => what.includes('fal'))?.filesPerDay ?? 0;
  });
  return markdownTable(
    ['hours after the busiest one until its last model comes', ...drainHours.map(String)],
    [['files a day, 40 generations at a time', ...limits.map(large)]],
  );
}

/**
 * The generated parts of docs/scaling.md, by the name of their marker.
 * @param {Constants} constants
 * @returns {Record<string, string>}
 */
export function documentBlocks(constants) {
  const [fal, embedded] = [plansOf(constants, 'fal'), plansOf(constants, 'embedded')];
  return {
    ...constantTables(constants),
    short: shortTable(fal, embedded),
    'scenarios-fal': scenarioTable(fal),
    'limits-fal': limitTable(fal),
    'drain-fal': drainTable(constants),
    'scenarios-embedded': scenarioTable(embedded),
    'limits-embedded': limitTable(embedded),
  };
}
