import { systemNames } from '../command/plan.mjs';
import { figure, files, middle, range } from './numbers.mjs';

/**
 * @typedef {import('./statistics.mjs').Groups} Groups
 * @typedef {import('./row.mjs').Row} Row
 * @typedef {(row: Row) => number | null | undefined} Pick
 * @typedef {[title: string, pick: Pick]} Column
 */

const roles = /** @type {const} */ (['gateway', 'orchestrator', 'worker', 'client', 'broker', 'redis']);

/** @param {typeof roles[number]} role @returns {Pick} */
const memoryOf = (role) => (row) =>
  role === 'gateway' || role === 'orchestrator' || role === 'worker' ? row.rss_mb[role] : row.other_mb[role];

/** @type {Column[]} */
const speed = [
  ['files/s', (row) => row.files_per_s],
  ['submit ms', (row) => row.submit_ms],
  ['first start ms', (row) => row.first_start_ms],
  ['last done → seen ms', (row) => row.completion_ms],
  ['others CPUs', (row) => row.others_cpus],
];
/** @type {Column[]} */
const cpu = [
  ['CPU s per 10k', (row) => row.cpu_s_per_10k['total']],
  ...roles.map((role) => /** @type {Column} */ ([role, (row) => row.cpu_s_per_10k[role]])),
];
/** @type {Column[]} */
const memory = [
  ...roles.map((role) => /** @type {Column} */ ([`${role} MB`, memoryOf(role)])),
  ['redis grew MB', (row) => row.other_mb.redis_growth],
];

/** @param {string[][]} rows the first one the header */
function align(rows) {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
}

/**
 * @param {Groups} groups @param {number} n @param {Column[]} columns
 * @param {typeof range} show
 */
function table(groups, n, columns, show) {
  const there = systemNames.filter((system) => groups.of(system, n).length > 0);
  const lines = there.map((system) => [
    system,
    ...columns.map(([, pick]) => show(groups.summary(system, n, pick))),
  ]);
  return align([['', ...columns.map(([title]) => title)], ...lines]).join('\n');
}

/**
 * How image2model compares, in speed and in CPU time.
 * @param {Groups} groups @param {number} n
 */
function ratios(groups, n) {
  const pick = (/** @type {Row['system']} */ system) => ({
    speed: groups.summary(system, n, (row) => row.files_per_s)?.median,
    cpu: groups.summary(system, n, (row) => row.cpu_s_per_10k['total'])?.median,
  });
  const own = pick('image2model');
  return systemNames.slice(1).flatMap((other) => {
    const theirs = pick(other);
    if (own.speed === undefined || own.cpu === undefined) return [];
    if (theirs.speed === undefined || theirs.cpu === undefined) return [];
    const cpuRatio = theirs.cpu === 0 ? '' : `, ${figure(own.cpu / theirs.cpu)} × its CPU time`;
    return [`image2model / ${other}: ${figure(own.speed / theirs.speed)} × the files/s${cpuRatio}`];
  });
}

/** @param {Groups} groups @param {number} n */
function runsOf(groups, n) {
  const counts = systemNames.map((system) => groups.of(system, n).length).filter((count) => count > 0);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return `${least === most ? most : `${least} to ${most}`} ${most === 1 ? 'run' : 'runs'} each`;
}

/**
 * For each number of files what every system did, and the ratios: median [least–most] for speed, medians for the rest.
 * @param {Groups} groups
 */
export const tables = (groups) =>
  groups.sizes.map((n) =>
    [
      `── ${files(n)}, ${runsOf(groups, n)} ──`,
      table(groups, n, speed, range),
      ...ratios(groups, n),
      table(groups, n, cpu, middle),
      table(groups, n, memory, middle),
    ].join('\n'),
  );
