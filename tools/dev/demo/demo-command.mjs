import { mkdirSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { CommandError, exitCodes } from '../processes/exit-codes.mjs';
import { freePort } from '../processes/free-ports.mjs';
import { parseFlags, wholeNumber } from '../processes/parse-flags.mjs';
import { root, runDir } from '../processes/paths.mjs';
import { takeLock } from '../processes/single-instance.mjs';
import { addressOf } from '../services/gateway-address.mjs';
import { parseStorage } from '../services/open-storage.mjs';
import { parseReplicas } from '../services/replicas.mjs';
import { endLeftoversIn, startSystem } from '../services/system.mjs';
import { setUp } from '../set-up/set-up.mjs';
import { listPhotos } from './photos.mjs';
import { openScreen } from './screen.mjs';
import { sendPhotos } from './send-photos.mjs';

const help = `npm run demo [-- flags]   turns photos into models with a system of its own, and stops it again

  --photos DIR      photos to send: jpg, jpeg, png, webp (default: samples)
  --out DIR         where the models and manifest.json go (default: out/demo)
  --face-limit N    most faces a model may have (default: the gateway's)
  --storage KIND    file, or s3: an S3 server that is started here unless STORAGE_URL names one, and two workers
                    that share no folder (default: what STORAGE_URL says, else file)
  --no-install      install no Debian packages when RabbitMQ or Redis are missing
  --help

Needs no account: models come from the embedded provider unless I2M_PROVIDER names another one. Ends with 0, with 3 when
some photos have no model, 64 for wrong flags, 75 when a demo runs already, 78 when something is missing, 130 after
Ctrl-C, 1 for everything else.`;

/** @param {string[]} args */
export function parseDemoFlags(args) {
  const flags = parseFlags(args, {
    photos: { type: 'string' },
    out: { type: 'string' },
    'face-limit': { type: 'string' },
    storage: { type: 'string' },
    'no-install': { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  // npm runs scripts at the root, and tells where it was called: paths are meant from there.
  const calledFrom = process.env['INIT_CWD'] ?? process.cwd();
  return {
    help: flags.help === true,
    photos: flags.photos === undefined ? join(root, 'samples') : resolve(calledFrom, flags.photos),
    out: flags.out === undefined ? join(root, 'out/demo') : resolve(calledFrom, flags.out),
    faceLimit: wholeNumber('--face-limit', flags['face-limit'], { min: 1, max: 1e9 }),
    storage: parseStorage(flags.storage),
    allowInstall: flags['no-install'] !== true,
  };
}

/** @param {string} out */
function requireFolder(out) {
  try {
    mkdirSync(out, { recursive: true });
  } catch (error) {
    throw new CommandError(
      `--out ${out}: ${error instanceof Error ? error.message : error}`,
      exitCodes.usage,
    );
  }
}

/**
 * A system of its own under .run/demo, from nothing; its data end with it, its logs stay.
 * @param {{ dir: string, storage: import('../services/open-storage.mjs').StorageKind, allowInstall: boolean, log: (text: string) => void, signal: AbortSignal }} options
 */
async function startDemoSystem({ dir, storage, allowInstall, log, signal }) {
  await endLeftoversIn(dir, log);
  rmSync(dir, { recursive: true, force: true });
  const system = await startSystem({
    dir,
    gateway: addressOf('127.0.0.1', await freePort()),
    replicas: parseReplicas(storage === 's3' ? ['model-worker=2'] : []),
    storage,
    allowInstall,
    keepData: false,
    log,
    signal,
  });
  const stop = async () => {
    await system.stop();
    for (const name of ['rabbitmq', 'redis', 'storage', 's3', 'homes'])
      rmSync(join(dir, name), { recursive: true, force: true });
  };
  return { state: system.state, stop };
}

/** @type {Parameters<typeof import('../processes/run-main.mjs').runMain>[0]} */
export async function demoCommand({ args, signal, log }) {
  const startedAt = performance.now();
  const flags = parseDemoFlags(args);
  if (flags.help) {
    log(help);
    return exitCodes.ok;
  }
  const photos = listPhotos(flags.photos);
  requireFolder(flags.out);
  const lock = takeLock(join(runDir, 'demo.lock'));
  if ('holder' in lock) {
    throw new CommandError(
      `A demo already runs here (process ${lock.holder.pid}).`,
      exitCodes.alreadyRunning,
    );
  }
  const screen = openScreen(log);
  signal.addEventListener('abort', () => {
    screen.end();
    log('\nstopping …');
  });
  try {
    await setUp({ log, signal });
    const system = await startDemoSystem({ ...flags, dir: join(runDir, 'demo'), log: screen.log, signal });
    try {
      log(`sending ${photos.length} photo${photos.length === 1 ? '' : 's'} …`);
      return await sendPhotos({ ...flags, photos, state: system.state, screen, signal });
    } finally {
      screen.end();
      await system.stop();
      log(
        `✓ stopped; ${((performance.now() - startedAt) / 1000).toFixed(0)} s in all; logs in ${relative(root, join(runDir, 'demo/logs'))}`,
      );
    }
  } finally {
    lock.release();
  }
}
