import { figure, files } from './numbers.mjs';

/**
 * @typedef {import('./statistics.mjs').Groups} Groups
 * @typedef {import('./row.mjs').Row} Row
 * @typedef {{ goal: string, met: boolean, measured: string }} Verdict
 */

const mainSize = 10_000;
/** Least speed beside a peer, as a multiple of its files/s. */
const speedGoals = /** @type {const} */ ([
  ['bullmq-progress', 1.5],
  ['celery-original', 7],
]);
/** Most ms, as medians. */
const timeGoals = /** @type {const} */ ([
  ['first_start_ms', 'first start', 20],
  ['completion_ms', 'last done → completion seen', 20],
]);
/** A service's peak with `large` files may be this many times that with `small` ones, or more by `orMb`. */
const memoryGoals = [
  { large: 10_000, small: 1_000, times: 1.3, orMb: 40 },
  { large: 100_000, small: 10_000, times: 1.5, orMb: 0 },
];
const services = /** @type {const} */ (['gateway', 'orchestrator', 'worker']);

/** @param {Groups} groups @returns {Verdict[]} */
function speedVerdicts(groups) {
  const speed = (/** @type {Row['system']} */ system) =>
    groups.summary(system, mainSize, (row) => row.files_per_s)?.median;
  return speedGoals.flatMap(([peer, least]) => {
    const [own, theirs] = [speed('image2model'), speed(peer)];
    if (own === undefined || theirs === undefined) return [];
    return [
      {
        goal: `${files(mainSize)}: ≥ ${least} × ${peer}`,
        met: own >= least * theirs,
        measured: `${figure(own / theirs)} × (${figure(own)} and ${figure(theirs)} files/s)`,
      },
    ];
  });
}

/** @param {Groups} groups @returns {Verdict[]} */
const timeVerdicts = (groups) =>
  timeGoals.flatMap(([field, name, most]) => {
    const summary = groups.summary('image2model', mainSize, (row) => row[field]);
    if (summary === null) return [];
    return [
      {
        goal: `${files(mainSize)}: ${name} ≤ ${most} ms`,
        met: summary.median <= most,
        measured: `${figure(summary.median)} ms, at most ${figure(summary.max)} ms`,
      },
    ];
  });

/** @param {Groups} groups @returns {Verdict[]} */
const memoryVerdicts = (groups) =>
  memoryGoals.flatMap(({ large, small, times, orMb }) =>
    services.flatMap((service) => {
      const peak = (/** @type {number} */ n) =>
        groups.summary('image2model', n, (row) => row.rss_mb[service])?.median;
      const [many, few] = [peak(large), peak(small)];
      if (many === undefined || few === undefined) return [];
      const or = orMb === 0 ? '' : `, or + ${orMb} MB`;
      return [
        {
          goal: `memory of ${service}, ${files(large)} beside ${small.toLocaleString('en-US')}: ≤ ${times} ×${or}`,
          met: many <= times * few || many <= few + orMb,
          measured: `${figure(many / few)} × (${figure(many)} and ${figure(few)} MB)`,
        },
      ];
    }),
  );

/**
 * What the project promises of its speed, as far as these runs can tell. @param {Groups} groups
 * @returns {Verdict[]}
 */
export const verdicts = (groups) => [
  ...speedVerdicts(groups),
  ...timeVerdicts(groups),
  ...memoryVerdicts(groups),
];

/** @param {Verdict[]} all */
export const verdictLines = (all) =>
  all.map(({ goal, met, measured }) => `${met ? '✓ met   ' : '✗ missed'}  ${goal}: ${measured}`).join('\n');
