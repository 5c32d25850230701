import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failpointCatalog } from './failpoint-catalog.js';

const root = join(__dirname, '../../..');
const names = failpointCatalog.map(({ name }) => name as string);
const prefixes = { 'batch-orchestrator': 'orchestrator', 'model-worker': 'worker' } as const;

/** The sources that run: of the apps and of the libraries, without specs. */
const sources = ['apps', 'libs'].flatMap((group) =>
  readdirSync(join(root, group)).flatMap((project) => typescriptIn(join(root, group, project, 'src'))),
);

function typescriptIn(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return typescriptIn(path);
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.spec.ts') ? [path] : [];
  });
}

test('names are numbered in their order within each service', () => {
  for (const [service, prefix] of Object.entries(prefixes)) {
    const own = failpointCatalog.filter((entry) => entry.service === service).map(({ name }) => name);
    own.forEach((name, at) => {
      const number = String(at + 1).padStart(2, '0');
      expect(name).toMatch(new RegExp(`^${prefix}\\.${number}\\.[a-z]+(-[a-z]+)*$`));
    });
  }
  expect(new Set(names).size).toBe(names.length);
});

test('every failpoint is in the sources exactly once, and every one in the sources is in the catalogue', () => {
  const used = sources.flatMap((path) => {
    const found = readFileSync(path, 'utf8').matchAll(/\bfailpoint\(\s*'([^']*)'/g);
    return [...found].map(([, name = '']) => ({ name, path }));
  });
  expect(used.map(({ name }) => name).sort()).toEqual([...names].sort());
  for (const { name, path } of used) {
    const service = failpointCatalog.find((entry) => entry.name === name)?.service;
    expect(path).toContain(join('apps', String(service), 'src'));
  }
});
