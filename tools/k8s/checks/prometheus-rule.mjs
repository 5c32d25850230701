import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { stringify } from 'yaml';
import { k8sDir } from './render.mjs';

const file = join(k8sDir, 'components/monitoring/prometheus-rule.yaml');

/** @param {import('./load-facts.mjs').Facts['alertGroups']} groups */
async function textOf(groups) {
  const rule = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'image2model', namespace: 'image2model' },
    spec: { groups },
  };
  const head =
    '# Written by `npm run k8s:check -- --write` from observability/prometheus/rules; do not edit.\n';
  const options = await resolveConfig(file);
  return format(head + stringify(rule, { lineWidth: 0 }), { ...options, parser: 'yaml' });
}

/** Writes the alert rules of observability/ as a PrometheusRule. @param {import('./load-facts.mjs').Facts['alertGroups']} groups */
export async function writePrometheusRule(groups) {
  writeFileSync(file, await textOf(groups));
}

/** Whether the file is what would be written. @param {import('./load-facts.mjs').Facts['alertGroups']} groups */
export const isPrometheusRuleCurrent = async (groups) =>
  readFileSync(file, 'utf8') === (await textOf(groups));
