/** @typedef {import('../report/row.mjs').Row} Row */

/**
 * A row as a good run gives it, but for what the test is about.
 * @param {Partial<Row>} differing
 * @returns {Row}
 */
export const row = (differing) => ({
  system: 'image2model',
  n: 10_000,
  workers: 1,
  repeat: 1,
  files_per_s: 9_000,
  first_start_ms: 5,
  first_start_server_ms: 4,
  submit_ms: 3,
  completion_ms: 2,
  cpu_s_per_10k: { gateway: 0.5, worker: 1, total: 1.5 },
  done: differing.n ?? 10_000,
  distinct: differing.n ?? 10_000,
  completions: 1,
  rss_mb: { gateway: 100, orchestrator: 90, worker: 110 },
  other_mb: { client: 60, broker: 150, redis: 20, redis_growth: 3.5 },
  others_cpus: 0.1,
  ...differing,
});
