// Writes docs/generated/ and the README's table of variables from the code; `--check` fails when they differ from it.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import { asyncApi } from './lib/async-api.mjs';
import { celeryPage } from './lib/celery-rows.mjs';
import { configurationPage, readmeTable } from './lib/configuration.mjs';
import { failpointsPage } from './lib/failpoints.mjs';
import { loadSources } from './lib/load-sources.mjs';
import { metricsPage } from './lib/metrics.mjs';
import { openApi } from './lib/open-api.mjs';
import { redisKeysPage } from './lib/redis-keys.mjs';
import { rightsPage } from './lib/rights.mjs';
import { topologyPage } from './lib/topology.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const markers = /(<!-- generated:env -->)[\s\S]*(<!-- \/generated:env -->)/;

const formatted = async (file, text) =>
  prettier.format(text, { ...(await prettier.resolveConfig(join(root, file))), filepath: join(root, file) });
const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

async function documents() {
  const sources = await loadSources(root);
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const texts = {
    'docs/generated/topology.md': topologyPage(sources),
    'docs/generated/asyncapi.json': json(asyncApi(sources)),
    'docs/generated/openapi.json': json(openApi(sources)),
    'docs/generated/celery.md': celeryPage(),
    'docs/generated/configuration.md': configurationPage(sources),
    'docs/generated/failpoints.md': failpointsPage(sources),
    'docs/generated/metrics.md': metricsPage(sources),
    'docs/generated/redis-keys.md': redisKeysPage(sources),
    'docs/generated/rights.md': rightsPage(sources),
    'README.md': readme.replace(markers, `$1\n\n${readmeTable(sources)}\n$2`),
  };
  return Promise.all(Object.entries(texts).map(async ([file, text]) => [file, await formatted(file, text)]));
}

const current = (file) => readFile(join(root, file), 'utf8').catch(() => undefined);
const drifted = [];
for (const [file, text] of await documents()) {
  if ((await current(file)) === text) continue;
  drifted.push(file);
  if (process.argv.includes('--check')) continue;
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), text);
}
if (process.argv.includes('--check') && drifted.length > 0) {
  console.error(`differs from the code: ${drifted.join(', ')}\nrun \`npm run docs\` and commit the result`);
  process.exitCode = 1;
} else {
  console.log(drifted.length === 0 ? 'documents agree with the code' : `written: ${drifted.join(', ')}`);
}
