/**
 * A run, as `--json` writes it; names and units are part of the HTTP contract's page on running the project.
 * @typedef {object} Row
 * @property {import('../command/plan.mjs').SystemName} system
 * @property {number} n files
 * @property {number} workers processes
 * @property {number} repeat from 1
 * @property {number} files_per_s
 * @property {number} first_start_ms
 * @property {number | null} first_start_server_ms
 * @property {number} submit_ms
 * @property {number} completion_ms
 * @property {Record<string, number>} cpu_s_per_10k by role, and their total
 * @property {number} done
 * @property {number} distinct
 * @property {number} completions
 * @property {{ gateway: number | null, orchestrator: number | null, worker: number | null }} rss_mb peaks during the run
 * @property {{ client: number | null, broker: number | null, redis: number | null, redis_growth: number }} other_mb
 *   client and broker: peaks; redis: resident after the run; redis_growth: used_memory after less before
 * @property {number} others_cpus processors that everything else on the machine kept busy meanwhile, on average
 */

/** @param {number} value @param {number} [digits] */
const round = (value, digits = 1) => Number(value.toFixed(digits)) + 0;

/** @param {number | undefined} value */
const roundOrNull = (value) => (value === undefined || value === 0 ? null : round(value));

/** @param {Record<string, number>} cpuS seconds by role @param {number} n */
function per10k(cpuS, n) {
  const scaled = Object.entries(cpuS).map(([role, seconds]) => [role, round((seconds * 10_000) / n, 3)]);
  const total = Object.values(cpuS).reduce((sum, seconds) => sum + seconds, 0);
  return Object.fromEntries([...scaled, ['total', round((total * 10_000) / n, 3)]]);
}

/**
 * @param {{ system: Row['system'], n: number, workers: number, repeat: number, redisGrowthMb: number, redisMb: number,
 *   reviewed: import('../systems/system.mjs').Reviewed, measured: import('../measure/meter.mjs').Measured }} run
 * @returns {Row}
 */
export function rowOf({ system, n, workers, repeat, reviewed, measured, redisGrowthMb, redisMb }) {
  const { cpuS, peakMb, othersCpus } = measured;
  const { firstStartServerMs } = reviewed;
  return {
    system,
    n,
    workers,
    repeat,
    files_per_s: round((n / reviewed.totalMs) * 1000),
    first_start_ms: round(reviewed.firstStartMs),
    first_start_server_ms: firstStartServerMs === undefined ? null : round(firstStartServerMs),
    submit_ms: round(reviewed.submitMs),
    completion_ms: round(reviewed.completionMs),
    cpu_s_per_10k: per10k(cpuS, n),
    done: reviewed.done,
    distinct: reviewed.distinct,
    completions: reviewed.completions,
    rss_mb: {
      gateway: roundOrNull(peakMb['gateway']),
      orchestrator: roundOrNull(peakMb['orchestrator']),
      worker: roundOrNull(peakMb['worker']),
    },
    other_mb: {
      client: roundOrNull(peakMb['client']),
      broker: roundOrNull(peakMb['broker']),
      redis: roundOrNull(redisMb),
      redis_growth: round(redisGrowthMb, 2),
    },
    others_cpus: round(othersCpus, 2),
  };
}

/** Whether every file was done, once, and the batch completed once. @param {Row} row */
export const isSound = ({ n, done, distinct, completions }) =>
  done === n && distinct === n && completions === 1;
