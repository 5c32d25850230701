import { metricsIn } from './load-metrics.mjs';

/** @param {string[]} names @param {string} what @returns {string[]} */
const twice = (names, what) =>
  names.filter((name, at) => names.indexOf(name) !== at).map((name) => `${what} ${name} is there twice`);

/**
 * What is wrong with the dashboards; nothing when all is well.
 * @param {import('./files.mjs').Dashboard[]} dashboards
 */
export const judgeDashboards = (dashboards) => [
  ...twice(
    dashboards.map(({ uid }) => uid),
    'dashboard',
  ),
  ...dashboards.flatMap(({ file, uid, title, panels }) => [
    ...(typeof uid === 'string' && typeof title === 'string' ? [] : [`${file}: no uid or no title`]),
    ...(file === `${uid}.json` ? [] : [`${file}: named after another uid than ${uid}`]),
    ...twice(
      panels.map(({ id }) => String(id)),
      `${file}: panel`,
    ),
    ...panels
      .filter(({ type, targets }) => type !== 'row' && (targets ?? []).length === 0)
      .map((panel) => `${file}: panel "${panel.title}" asks nothing`),
  ]),
];

/** @param {import('./files.mjs').Query[]} queries @param {Set<string>} known */
export const judgeMetrics = (queries, known) =>
  queries.flatMap(({ where, expr }) =>
    metricsIn(expr)
      .filter((name) => !known.has(name))
      .map((name) => `${where}: ${name} is no metric of libs/service-kit/src/metric-names.ts`),
  );

/**
 * Every alert has a runbook and two tests, and none of them is left over.
 * @param {import('./files.mjs').Alert[]} alerts @param {string[]} runbooks @param {string[]} tests
 */
export const judgeAlerts = (alerts, runbooks, tests) => [
  ...twice(
    alerts.map(({ name }) => name),
    'alert',
  ),
  ...alerts
    .filter(({ runbook }) => !runbooks.includes(runbook))
    .map(({ name, runbook }) => `alert ${name}: its runbook "${runbook}" is missing`),
  ...runbooks
    .filter((file) => !alerts.some(({ runbook }) => runbook === file))
    .map((file) => `${file}: no alert leads to it`),
  ...alerts
    .flatMap(({ name }) => [`${name} fires`, `${name} is quiet`])
    .filter((name) => !tests.includes(name))
    .map((name) => `no test "${name}"`),
];
