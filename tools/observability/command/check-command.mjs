import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCodes } from '../../dev/processes/exit-codes.mjs';
import { run } from '../../dev/processes/run.mjs';
import { judgeAlerts, judgeDashboards, judgeMetrics } from '../checks/compare.mjs';
import {
  composeConfigFile,
  configFile,
  queriesOf,
  readAlerts,
  readDashboards,
  readRunbooks,
  readTests,
  rulesFile,
  testsFile,
} from '../checks/files.mjs';
import { loadMetricNames } from '../checks/load-metrics.mjs';
import { findPrometheus } from '../checks/promtool.mjs';

/**
 * Whether Prometheus can parse every query: each as a recording rule of a file that is checked and thrown away.
 * @param {string} promtool @param {import('../checks/files.mjs').Query[]} queries @param {AbortSignal} signal
 */
async function parseQueries(promtool, queries, signal) {
  const dir = mkdtempSync(join(tmpdir(), 'image2model-rules-'));
  try {
    const file = join(dir, 'queries.yml');
    const rules = queries.map(({ expr }, at) => ({ record: `panel:${at}`, expr }));
    // JSON is YAML as well
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'panels', rules }] }));
    const { code, output } = await run(promtool, ['check', 'rules', '--lint=none', file], { signal });
    return code === 0 ? [] : [`a panel's query cannot be parsed:\n${output.trimEnd()}`];
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** @param {string} promtool @param {string[]} args @param {AbortSignal} signal */
async function promtoolSays(promtool, args, signal) {
  const { code, output } = await run(promtool, args, { signal });
  return code === 0 ? [] : [`promtool ${args[0]} ${args[1]}:\n${output.trimEnd()}`];
}

/**
 * `npm run observability:check`: rules, their tests, dashboards, runbooks and the catalogue of metrics agree.
 * @type {Parameters<typeof import('../../dev/processes/run-main.mjs').runMain>[0]}
 */
export async function checkCommand({ signal, log }) {
  const { promtool } = await findPrometheus({ log, signal });
  const [dashboards, alerts] = [readDashboards(), readAlerts()];
  const queries = queriesOf(dashboards);
  const rules = alerts.map(({ name, expr }) => ({ where: `alert ${name}`, expr }));
  const problems = [
    ...(await promtoolSays(promtool, ['check', 'config', configFile], signal)),
    ...(await promtoolSays(promtool, ['check', 'config', composeConfigFile], signal)),
    ...(await promtoolSays(promtool, ['check', 'rules', rulesFile], signal)),
    ...(await promtoolSays(promtool, ['test', 'rules', testsFile], signal)),
    ...(await parseQueries(promtool, queries, signal)),
    ...judgeDashboards(dashboards),
    ...judgeMetrics([...queries, ...rules], await loadMetricNames()),
    ...judgeAlerts(alerts, readRunbooks(), readTests()),
  ];
  for (const problem of problems) log(`✗ ${problem}`);
  if (problems.length > 0) return exitCodes.failed;
  log(
    `✓ ${alerts.length} alerts with tests and runbooks, ${dashboards.length} dashboards with ${queries.length} queries`,
  );
  return exitCodes.ok;
}
