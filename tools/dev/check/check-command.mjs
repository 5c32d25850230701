import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes } from '../processes/exit-codes.mjs';
import { parseFlags } from '../processes/parse-flags.mjs';
import { root } from '../processes/paths.mjs';
import { run } from '../processes/run.mjs';
import { nxEnvironment } from '../set-up/build.mjs';
import { setUp } from '../set-up/set-up.mjs';

/** @param {string} name */
const bin = (name) => join(root, 'node_modules/.bin', name);

/**
 * @param {boolean} beforeSuite the whole suite is run next, so only those unit tests that it leaves out
 * @returns {{ name: string, command: string, args: string[] }[]}
 */
const stepsOf = (beforeSuite) => [
  { name: 'format', command: bin('prettier'), args: ['--check', '--log-level=warn', '.'] },
  // Circles are looked for in a graph that a cached result may not know yet.
  {
    name: 'lint',
    command: bin('nx'),
    args: ['run-many', '-t', 'lint', '--skip-nx-cache', '--output-style=static'],
  },
  { name: 'types', command: bin('tsc'), args: ['-b'] },
  {
    name: 'unit tests',
    command: bin('nx'),
    args: [
      ...['run-many', '-t', 'test', '--output-style=static'],
      ...(beforeSuite ? ['--projects=tag:layer:tool'] : []),
    ],
  },
  { name: 'dead code', command: bin('knip'), args: [] },
  { name: 'documents', command: process.execPath, args: ['tools/docs/generate.mjs', '--check'] },
  { name: 'observability', command: process.execPath, args: ['tools/observability/check.mjs'] },
];

/** @type {Parameters<typeof import('../processes/run-main.mjs').runMain>[0]} */
export async function checkCommand({ args: given, signal, log }) {
  const flags = parseFlags(given, { 'before-suite': { type: 'boolean' } });
  await setUp({ log, signal, build: false });
  for (const { name, command, args } of stepsOf(flags['before-suite'] === true)) {
    const started = performance.now();
    const { code, output } = await run(command, args, { cwd: root, env: nxEnvironment(), signal });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    if (code !== 0) {
      const missing = code === 127 && !existsSync(command) ? `${command} is missing\n` : '';
      log(`${output.trimEnd()}\n${missing}\n✗ ${name} (${seconds} s)`);
      return exitCodes.failed;
    }
    log(`✓ ${name} (${seconds} s)`);
  }
  return exitCodes.ok;
}
