import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { parse } from 'yaml';
import { root } from '../../dev/processes/paths.mjs';
import { k8sDir, parseManifests } from './render.mjs';
import { ofKind } from './manifests.mjs';

/**
 * @typedef {{ name: string, service: string }} WorkQueue
 * @typedef {{ seriesQuery: string, name: { as: string }, metricsQuery: string }} AdapterRule
 * @typedef {{ message: string, path: PropertyKey[] }} Issue
 * @typedef {{ variables: Set<string>, problems: (environment: Record<string, string>) => string[] }} ServiceConfig
 */

/**
 * What the manifests are compared with: code, and files beside them.
 * @typedef {object} Facts
 * @property {string} version
 * @property {Record<string, ServiceConfig>} configs environment of each service, and of the bootstrap job
 * @property {WorkQueue[]} queues
 * @property {Set<string>} metrics names as they are scraped
 * @property {Set<string>} targets stages of the Dockerfile
 * @property {import('./kinds.mjs').Secret[]} exampleSecrets
 * @property {AdapterRule[]} adapterRules
 * @property {{ name: string, rules: object[] }[]} alertGroups
 * @property {string[]} dashboards
 */

const services = ['gateway', 'batch-orchestrator', 'model-worker', 'maintenance-worker', 'alert-service'];

const entry = `
  export { workQueues } from './libs/contracts/src/topology.ts';
  export { metricCatalog, metricPrefix } from './libs/service-kit/src/metric-names.ts';
  ${services.map((name, at) => `import { configSchema as c${at} } from './apps/${name}/src/config.ts';`).join('\n')}
  import { configSchema as bootstrap } from './tools/bootstrap/src/config.ts';
  import { z } from 'zod';
  export { z };
  export const configs = { ${services.map((name, at) => `'${name}': c${at}`).join(', ')}, bootstrap };
`;

/** The sources as they are now, bundled for a moment inside the checkout, where packages with native parts are found. */
async function importSources() {
  mkdirSync(join(root, 'out'), { recursive: true });
  const dir = mkdtempSync(join(root, 'out/k8s-facts-'));
  try {
    const outfile = join(dir, 'sources.mjs');
    await build({
      stdin: { contents: entry, resolveDir: root, loader: 'ts' },
      ...{ outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' },
      conditions: ['@image2model/source'],
      external: ['sharp', '@techstark/opencv-js', 'onnxruntime-node', '@aws-sdk/*'],
      banner: {
        js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
      },
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** @param {Record<string, { type: string }>} catalog @param {string} prefix */
function scrapedNames(catalog, prefix) {
  const suffixes = (/** @type {string} */ type) =>
    type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
  return new Set(
    Object.entries(catalog).flatMap(([name, { type }]) =>
      suffixes(type).map((suffix) => prefix + name + suffix),
    ),
  );
}

const read = (/** @type {string} */ path) => readFileSync(join(root, path), 'utf8');

/** Stages that an image can be built of: `FROM … AS gateway`. */
const stagesOf = (/** @type {string} */ dockerfile) =>
  new Set([...dockerfile.matchAll(/^FROM\s+\S+\s+AS\s+(\S+)/gim)].map(([, name]) => String(name)));

/** @returns {Promise<Facts>} */
export async function loadFacts() {
  const { workQueues, metricCatalog, metricPrefix, configs, z } = await importSources();
  const secrets = parseManifests(
    readFileSync(join(k8sDir, 'overlays/production/secrets.example.yaml'), 'utf8'),
    'secrets.example.yaml',
  );
  return {
    version: JSON.parse(read('package.json')).version,
    configs: Object.fromEntries(
      Object.entries(configs).map(([service, schema]) => [service, serviceConfig(schema, z)]),
    ),
    queues: workQueues,
    metrics: scrapedNames(metricCatalog, metricPrefix),
    targets: stagesOf(read('Dockerfile')),
    exampleSecrets: ofKind(secrets, 'Secret'),
    adapterRules: parse(read('k8s/components/autoscale-hpa/prometheus-adapter.values.yaml')).rules.external,
    alertGroups: parse(read('observability/prometheus/rules/image2model.yml')).groups,
    dashboards: readdirSync(join(root, 'observability/grafana')).filter((file) => file.endsWith('.json')),
  };
}

/**
 * @param {{ safeParse: (value: unknown) => { success: boolean, error?: { issues: Issue[] } } }} schema
 * @param {{ toJSONSchema: (schema: unknown, options: object) => { properties?: object } }} z
 * @returns {ServiceConfig}
 */
function serviceConfig(schema, z) {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return {
    variables: new Set(Object.keys(properties)),
    problems: (environment) => {
      const { success, error } = schema.safeParse(environment);
      return success ? [] : (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
    },
  };
}
