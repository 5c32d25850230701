import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** What the documents are made from: data of the libraries and the environment of each app. */
const entry = (services) => `
  export * as contracts from './libs/contracts/src/index.ts';
  export { keyCatalog } from './libs/progress/src/keys.ts';
  export { metricCatalog, metricPrefix } from './libs/service-kit/src/metric-names.ts';
  export { z } from 'zod';
  ${services.map((name, at) => `import { configSchema as c${at} } from './apps/${name}/src/config.ts';`).join('\n')}
  export const configs = { ${services.map((name, at) => `'${name}': c${at}`).join(', ')} };
`;
const services = ['gateway', 'batch-orchestrator', 'model-worker', 'maintenance-worker', 'alert-service'];

/** Bundles the TypeScript sources for a moment and imports them. */
export async function loadSources(root) {
  const dir = await mkdtemp(join(tmpdir(), 'i2m-docs-'));
  const outfile = join(dir, 'sources.mjs');
  try {
    await build({
      stdin: { contents: entry(services), resolveDir: root, loader: 'ts' },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      conditions: ['@image2model/source'],
      loader: { '.lua': 'text' },
      logLevel: 'error',
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
