import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCodes } from '../../dev/processes/exit-codes.mjs';
import { root } from '../../dev/processes/paths.mjs';
import { run } from '../../dev/processes/run.mjs';
import { withLock } from '../../dev/processes/single-instance.mjs';
import { serviceNames } from '../../dev/services/service-names.mjs';
import { baseImage, provideBaseImage } from '../build/base-image.mjs';
import { buildImage, imageName } from '../build/build-image.mjs';
import { Buildah } from '../build/buildah.mjs';
import { npmSecrets } from '../build/npm-settings.mjs';
import { requirePrograms } from '../build/programs.mjs';
import { imageTable } from '../report/image-table.mjs';
import { readFlags, usage } from './flags.mjs';
import { judgeImage, variablesOf } from './judge-image.mjs';
import { runImages, stepsOfRun } from './run-images.mjs';
import { countSteps } from './steps.mjs';

/** @typedef {{ signal: AbortSignal, log: (text: string) => void }} Context */
/** @typedef {import('../report/image-table.mjs').Row} Row */

/** Outside of the checkout, whose tools would look through it. Kept between runs: the base image. */
const imagesDir = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'image2model/images');
const publicRegistry = 'registry.npmjs.org';

/** What tells of this machine, and so must not be in an image. @param {AbortSignal} signal */
async function wordsOfThisMachine(signal) {
  const { output } = await run('npm', ['config', 'get', 'registry', '--silent'], { signal, cwd: tmpdir() });
  const host = URL.canParse(output.trim()) ? new URL(output.trim()).hostname : '';
  return [root, ...(host === '' || host === publicRegistry ? [] : [host])];
}

/**
 * @param {Buildah} buildah @param {string} service @param {string[]} unwanted
 * @returns {Promise<{ row: Row, image: import('../running/start-system.mjs').Image }>}
 */
async function look(buildah, service, unwanted) {
  const [rootfs, facts] = [await buildah.mount(imageName(service)), await buildah.facts(imageName(service))];
  const judged = await judgeImage({ service, rootfs, facts, unwanted });
  const env = variablesOf(facts.config.Env ?? []);
  return {
    row: { name: service, ...judged, readyS: null, stopS: null },
    image: { name: service, rootfs, env, command: facts.config.Cmd ?? [] },
  };
}

/** @param {import('./flags.mjs').Flags} flags @param {Buildah} buildah @param {string} dir @param {Context} context */
async function buildAndRun(flags, buildah, dir, { signal, log }) {
  const services = flags.only ?? serviceNames;
  const whole = services.length === serviceNames.length;
  const step = countSteps(log, 1 + 2 * services.length + stepsOfRun(whole));
  await step('the base image', () => provideBaseImage(buildah, { pull: flags.pull, signal }));
  const secrets = await npmSecrets(dir, flags.npmrc, signal);
  for (const service of services) await step(`build ${service}`, () => buildImage(buildah, service, secrets));
  const unwanted = await wordsOfThisMachine(signal);
  const looks = [];
  for (const service of services)
    looks.push(await step(`look into ${service}`, () => look(buildah, service, unwanted)));
  const [rows, images] = [looks.map(({ row }) => row), looks.map(({ image }) => image)];
  await runImages({ dir, images, rows, step, allowInstall: flags.install, signal });
  return rows;
}

/** @param {Row[]} rows @param {Context['log']} log @returns {number} exit code */
function report(rows, log) {
  log(`\n${imageTable(rows)}\n`);
  for (const { name, problems } of rows) for (const problem of problems) log(`✗ ${name}: ${problem}`);
  const count = rows.reduce((sum, { problems }) => sum + problems.length, 0);
  log(count === 0 ? `✓ ${rows.length} images` : `✗ ${count} problems`);
  return count === 0 ? exitCodes.ok : exitCodes.failed;
}

/** `npm run images:check`. @type {Parameters<typeof import('../../dev/processes/run-main.mjs').runMain>[0]} */
export async function checkCommand({ args, signal, log }) {
  const flags = readFlags(args);
  if (flags === null) {
    log(usage);
    return exitCodes.ok;
  }
  await requirePrograms({ log, signal, allowInstall: flags.install });
  const onWait = (/** @type {{ pid: number }} */ { pid }) =>
    log(`waiting for the check that runs already (process ${pid}) …`);
  return withLock(join(imagesDir, 'check.lock'), { signal, onWait }, async () => {
    const dir = mkdtempSync(join(tmpdir(), 'image2model-images-'));
    const buildah = new Buildah({ dir: imagesDir, driver: flags.driver, signal });
    try {
      // what a killed run left mounted
      await buildah.unmountAll();
      return report(await buildAndRun(flags, buildah, dir, { signal, log }), log);
    } finally {
      await buildah.unmountAll();
      if (flags.keep) log(`images: buildah ${buildah.storage.join(' ')} images\nlogs: ${dir}/logs`);
      else await buildah.keepOnly(baseImage);
      if (!flags.keep) rmSync(dir, { recursive: true, force: true });
    }
  });
}
