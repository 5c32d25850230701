import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CommandError } from '../../dev/processes/exit-codes.mjs';
import { root, runDir } from '../../dev/processes/paths.mjs';

const project = join(root, 'tools/cli');
const dist = join(project, 'dist');
const stampFile = join(dist, 'stamp');

/** What goes into the bundle. */
const sources = [
  'tools/cli/src',
  'tools/cli/package.json',
  'libs/contracts/src',
  'tools/build.mjs',
  'package-lock.json',
];

/** @param {string} path @param {(line: string) => void} note */
function walk(path, note) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return note(`${path} ${stat.size} ${stat.mtimeMs}`);
  for (const name of readdirSync(path).sort()) walk(join(path, name), note);
}

/** Size and time of every source: about 5 ms. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const source of sources) walk(join(root, source), (line) => hash.update(`${line}\n`));
  return hash.digest('hex');
}

/** @param {string} stamp */
const isFresh = (stamp) => existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;

/** @param {string} stamp */
async function build(stamp) {
  const { run } = await import('../../dev/processes/run.mjs');
  const { withLock } = await import('../../dev/processes/single-instance.mjs');
  await withLock(join(runDir, 'i2m-build.lock'), { onWait: () => undefined }, async () => {
    // another one may have built it while we waited
    if (isFresh(stamp)) return;
    const { code, output } = await run(process.execPath, [join(root, 'tools/build.mjs')], { cwd: project });
    if (code !== 0)
      throw new CommandError(`The command line does not build; \`npm ci\` first?\n${output.trimEnd()}`);
    writeFileSync(stampFile, stamp);
  });
}

/** The URL of the bundle; it is made first when a source is newer than it. Later starts only compare a stamp. */
export async function bundledCli() {
  const stamp = fingerprint();
  if (!isFresh(stamp)) await build(stamp);
  return pathToFileURL(join(dist, 'main.js')).href;
}
