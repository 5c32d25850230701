import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../dev/processes/paths.mjs';

export const prometheusDir = join(root, 'observability/prometheus');
export const rulesFile = join(prometheusDir, 'rules/image2model.yml');
export const testsFile = join(prometheusDir, 'tests/image2model.test.yml');
export const configFile = join(prometheusDir, 'prometheus.yml');
/** The one of compose.yaml. */
export const composeConfigFile = join(root, 'observability/compose/prometheus.yml');
const grafanaDir = join(root, 'observability/grafana');
const runbooksDir = join(root, 'docs/runbooks');

/**
 * @typedef {{ id: number, type: string, title: string, targets?: { refId: string, expr: string }[] }} Panel
 * @typedef {{ file: string, uid: string, title: string, panels: Panel[] }} Dashboard
 * @typedef {{ where: string, expr: string }} Query
 * @typedef {{ name: string, expr: string, runbook: string }} Alert
 */

/** @returns {Dashboard[]} */
export const readDashboards = () =>
  readdirSync(grafanaDir)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({ file, ...JSON.parse(readFileSync(join(grafanaDir, file), 'utf8')) }));

/** Every query of every panel. @param {Dashboard[]} dashboards @returns {Query[]} */
export const queriesOf = (dashboards) =>
  dashboards.flatMap(({ title, panels }) =>
    panels.flatMap((panel) =>
      (panel.targets ?? []).map(({ refId, expr }) => ({ where: `${title} › ${panel.title} ${refId}`, expr })),
    ),
  );

/** The value of a line `key: 'text'` as our rules write it. @param {string} block @param {string} key */
function valueOf(block, key) {
  const text = new RegExp(`^ +${key}: +(.*)$`, 'm').exec(block)?.[1] ?? '';
  return text.startsWith("'") ? text.slice(1, -1).replaceAll("''", "'") : text;
}

/** The alerts of the rule file, which promtool has found valid. @returns {Alert[]} */
export const readAlerts = () =>
  readFileSync(rulesFile, 'utf8')
    .split(/^ *- alert: /m)
    .slice(1)
    .map((block) => ({
      name: block.slice(0, block.indexOf('\n')).trim(),
      expr: valueOf(block, 'expr'),
      runbook: valueOf(block, 'runbook'),
    }));

/** Paths as the alerts name them. */
export const readRunbooks = () => readdirSync(runbooksDir).map((file) => `docs/runbooks/${file}`);

/** Names of tests: `<alert> fires`, `<alert> is quiet`. */
export const readTests = () =>
  [...readFileSync(testsFile, 'utf8').matchAll(/^ *- name: (.*)$/gm)].map(([, name]) => String(name));
