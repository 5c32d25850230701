import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** What the documents are made from: data of the libraries and the environment of each app. */
const entry = (services) => `
  export * as contracts from './libs/contracts/src/index.ts';
  export { failpointCatalog } from './libs/service-kit/src/failpoint-catalog.ts';
  export { keyCatalog } from './libs/progress/src/keys.ts';
  export * as rights from './libs/progress/src/rights/key-rights.ts';
  export { configSchema as bootstrapSchema } from './tools/bootstrap/src/config.ts';
  export { metricCatalog, metricPrefix } from './libs/service-kit/src/metric-names.ts';
  export { z } from 'zod';
  ${services.map((name, at) => `import { configSchema as c${at} } from './apps/${name}/src/config.ts';`).join('\n')}
  export const configs = { ${services.map((name, at) => `'${name}': c${at}`).join(', ')} };
`;
const services = ['gateway', 'batch-orchestrator', 'model-worker', 'maintenance-worker', 'alert-service'];

/** Bundles the TypeScript sources for a moment and imports them; inside the repository, where packages with native parts are found. */
export async function loadSources(root) {
  await mkdir(join(root, 'out'), { recursive: true });
  const dir = await mkdtemp(join(root, 'out', 'docs-'));
  const outfile = join(dir, 'sources.mjs');
  try {
    await build({
      stdin: { contents: entry(services), resolveDir: root, loader: 'ts' },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      conditions: ['@image2model/source'],
      external: ['sharp', '@techstark/opencv-js', 'onnxruntime-node'],
      loader: { '.lua': 'text' },
      logLevel: 'error',
      banner: {
        js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
      },
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
