import { costSchema } from '../constants/schema.mjs';

/**
 * @typedef {import('./measure-run.mjs').Usage} Usage
 * @typedef {import('../constants/schema.mjs').Cost} Cost
 * @typedef {object} Idle what the system uses a second while nothing is to be done
 * @property {Record<string, number>} redis
 * @property {Record<string, number>} broker
 * @property {Record<string, number>} diskBytes
 * @property {Record<string, number>} cpuS
 */

/** @template {Record<string, number>} T @param {T} values @param {(value: number, name: string) => number} change @returns {T} */
const mapped = (values, change) =>
  /** @type {T} */ (
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value, name)]))
  );

/** @param {Usage} usage of a time without work @returns {Idle} */
export const idleOf = ({ redis, broker, diskBytes, cpuS, measuredS, brokerS }) => ({
  redis: mapped(redis, (value) => value / measuredS),
  broker: mapped(broker, (value) => value / brokerS),
  diskBytes: mapped(diskBytes, (value) => value / measuredS),
  cpuS: mapped(cpuS, (value) => value / measuredS),
});

/**
 * What one file cost, without what would have been used anyway; never below 0.
 * @param {Usage} usage @param {Idle} idle @param {{ files: number, restBytes: number }} batch restBytes: what Redis keeps of them
 * @returns {Cost}
 * @throws ZodError when a role was not measured
 */
export function costPerFile(usage, idle, { files, restBytes }) {
  const { redis, broker, diskBytes, cpuS, memory, measuredS, brokerS } = usage;
  const perFile =
    (/** @type {Record<string, number>} */ anyway, /** @type {number} */ seconds) =>
    (/** @type {number} */ value, /** @type {string} */ name) =>
      Math.max(0, value - (anyway[name] ?? 0) * seconds) / files;
  return costSchema.parse({
    redis: mapped(redis, perFile(idle.redis, measuredS)),
    broker: mapped(broker, perFile(idle.broker, brokerS)),
    diskBytes: mapped(diskBytes, perFile(idle.diskBytes, measuredS)),
    cpuS: mapped(cpuS, perFile(idle.cpuS, measuredS)),
    memory: {
      running: Math.max(0, memory.peak - memory.before) / files,
      rest: restBytes / files,
    },
  });
}

/**
 * What a file costs at once, and what each further second of its generation costs. Servers work for commands and messages
 * only, so their processor time of a second is that of what they are sent in it: a difference of two times would be
 * that of two other hours.
 * @param {{ seconds: number, cost: Cost }} short @param {{ seconds: number, cost: Cost }} long
 * @returns {{ atOnce: Cost, perSecond: Cost }}
 */
export function splitByDuration(short, long) {
  const apart = long.seconds - short.seconds;
  const measured = combine(long.cost, short.cost, (more, less) => Math.max(0, more - less) / apart);
  const perSecond = withServersByWork(measured, short.cost);
  return {
    perSecond,
    atOnce: combine(short.cost, perSecond, (all, each) => Math.max(0, all - each * short.seconds)),
  };
}

/** @param {Cost} cost @param {Cost} known whose times are believed @returns {Cost} */
function withServersByWork(cost, known) {
  const messages = known.broker.published === 0 ? 0 : cost.broker.published / known.broker.published;
  const commands = known.redis.commands === 0 ? 0 : cost.redis.commands / known.redis.commands;
  const { cpuS, diskBytes } = known;
  return {
    ...cost,
    cpuS: { ...cost.cpuS, broker: cpuS.broker * messages, redis: cpuS.redis * commands },
    diskBytes: { broker: diskBytes.broker * messages, redis: diskBytes.redis * commands },
  };
}

/** @param {Cost} a @param {Cost} b @param {(a: number, b: number) => number} change @returns {Cost} */
export const combine = (a, b, change) => ({
  redis: mapped(a.redis, (value, name) => change(value, valueOf(b.redis, name))),
  broker: mapped(a.broker, (value, name) => change(value, valueOf(b.broker, name))),
  diskBytes: mapped(a.diskBytes, (value, name) => change(value, valueOf(b.diskBytes, name))),
  cpuS: mapped(a.cpuS, (value, name) => change(value, valueOf(b.cpuS, name))),
  memory: mapped(a.memory, (value, name) => change(value, valueOf(b.memory, name))),
});

/** @param {Record<string, number>} values @param {string} name */
const valueOf = (values, name) => values[name] ?? 0;
