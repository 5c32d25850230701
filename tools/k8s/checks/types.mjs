import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../dev/processes/paths.mjs';
import { run } from '../../dev/processes/run.mjs';
import { modelOf } from './kinds.mjs';

/** @import { Manifest } from './kinds.mjs' */

const options = {
  compilerOptions: {
    ...{ target: 'ES2022', module: 'esnext', moduleResolution: 'bundler', types: [] },
    ...{ strict: true, noEmit: true, skipLibCheck: true },
  },
  include: ['*.ts'],
};

/** @param {Manifest} manifest */
function literalOf(manifest) {
  const model = modelOf(manifest);
  if (model === null) return 'export {};\n';
  return `import type { ${model.type} } from '${model.module}';\nexport const manifest: ${model.type} = ${JSON.stringify(manifest, null, 1)};\n`;
}

/**
 * Second look: each manifest as a literal of its TypeScript type, so that a misspelt field, which the schema lets pass, is an error.
 * All of them in one run of the compiler, a few seconds.
 * @param {readonly Manifest[]} manifests @param {AbortSignal} [signal]
 * @returns {Promise<string[][]>} problems by manifest
 */
export async function typeProblems(manifests, signal) {
  mkdirSync(join(root, 'out'), { recursive: true });
  const dir = mkdtempSync(join(root, 'out/k8s-types-'));
  try {
    writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify(options));
    manifests.forEach((manifest, at) => writeFileSync(join(dir, `m${at}.ts`), literalOf(manifest)));
    const tsc = join(root, 'node_modules/.bin/tsc');
    const { code, output } = await run(tsc, ['-p', dir, '--pretty', 'false'], { cwd: root, signal });
    const problems = manifests.map((_, at) =>
      [...output.matchAll(new RegExp(`^.*\\bm${at}\\.ts\\(\\d+,\\d+\\): error (.*)$`, 'gm'))].map(
        ([, text]) => String(text),
      ),
    );
    if (code !== 0 && problems.every((each) => each.length === 0))
      throw new Error(`tsc failed:\n${output.slice(0, 2000)}`);
    return problems;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
