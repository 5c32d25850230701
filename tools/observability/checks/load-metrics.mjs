import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../../dev/processes/paths.mjs';

/**
 * The names under which the families of the catalogue are scraped.
 * @returns {Promise<Set<string>>}
 */
export async function loadMetricNames() {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'libs/service-kit/src/metric-names.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    logLevel: 'error',
  });
  const text = outputFiles[0]?.text ?? '';
  const { metricCatalog, metricPrefix } = await import(`data:text/javascript,${encodeURIComponent(text)}`);
  const families = /** @type {[string, { type: string }][]} */ (Object.entries(metricCatalog));
  const suffixes = (/** @type {string} */ type) =>
    type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
  return new Set(
    families.flatMap(([name, { type }]) => suffixes(type).map((suffix) => metricPrefix + name + suffix)),
  );
}

/** The names of our metrics in an expression. @param {string} expr */
export const metricsIn = (expr) => [...new Set(expr.match(/\bimage2model_\w+/g) ?? [])];
