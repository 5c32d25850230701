import { once } from 'node:events';
import { join, relative } from 'node:path';
import { CommandError, exitCodes } from '../processes/exit-codes.mjs';
import { parseFlags, wholeNumber } from '../processes/parse-flags.mjs';
import { root, runDir } from '../processes/paths.mjs';
import { takeLock } from '../processes/single-instance.mjs';
import { setUp } from '../set-up/set-up.mjs';
import { gatewayAddress } from './gateway-address.mjs';
import { parseStorage } from './open-storage.mjs';
import { parseReplicas } from './replicas.mjs';
import { endLeftoversIn, startSystem } from './system.mjs';

const help = `npm start [-- flags]   the whole system on this machine, until Ctrl-C

  --port N              port of the gateway (default: PORT, else 8080, else a free one; 0: any)
  --replicas NAME=N,…   how many processes of a service, for example model-worker=3; may be repeated
  --storage file|s3     where images and models are kept: a folder, or an S3 server that is started here unless
                        STORAGE_URL names one (default: what STORAGE_URL says, else file)
  --no-install          install no Debian packages when RabbitMQ or Redis are missing
  --help

RabbitMQ and Redis come from AMQP_URL and REDIS_URL, else from this machine, else from Docker, else by apt.
All data are under .run/ and survive a restart. Ends with 0 after Ctrl-C or SIGTERM, 64 for wrong flags,
75 when it runs already, 78 when something is missing or misconfigured, 1 for everything else.`;

/** @param {string[]} args */
export function parseStartFlags(args) {
  const flags = parseFlags(args, {
    port: { type: 'string' },
    replicas: { type: 'string', multiple: true },
    storage: { type: 'string' },
    'no-install': { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  const limits = { min: 0, max: 65_535 };
  return {
    help: flags.help === true,
    port:
      wholeNumber('--port', flags.port, limits) ??
      wholeNumber('PORT', process.env['PORT'] || undefined, limits),
    replicas: parseReplicas(flags.replicas ?? []),
    storage: parseStorage(flags.storage),
    allowInstall: flags['no-install'] !== true,
  };
}

/** @param {import('./system.mjs').SystemState} state @param {number} startedAt */
const announcement = ({ gateway_url: url, api_keys: [key] }, startedAt) => `
image2model is up after ${((performance.now() - startedAt) / 1000).toFixed(0)} s
  gateway   ${url}
  API key   ${key}
  logs      ${relative(root, join(runDir, 'logs'))}/<service>-<n>.log
  try       curl -H 'Authorization: Bearer ${key}' -F images=@samples/chelsea.png ${url}/v1/batches
  stop      Ctrl-C
`;

/** @param {(text: string) => void} log */
const withTime = (log) => (/** @type {string} */ text) =>
  log(`${new Date().toTimeString().slice(0, 8)} ${text}`);

/** @type {Parameters<typeof import('../processes/run-main.mjs').runMain>[0]} */
export async function startCommand({ args, signal, log }) {
  const startedAt = performance.now();
  const flags = parseStartFlags(args);
  if (flags.help) {
    log(help);
    return exitCodes.ok;
  }
  const lock = takeLock(join(runDir, 'start.lock'));
  if ('holder' in lock) {
    throw new CommandError(
      `npm start already runs here (process ${lock.holder.pid}). Stop that one first.`,
      exitCodes.alreadyRunning,
    );
  }
  signal.addEventListener('abort', () => log('\nstopping, 30 s at most …'));
  try {
    // what a killed run left behind may still hold the port
    await endLeftoversIn(runDir, log);
    const gateway = await gatewayAddress({ wanted: flags.port, log });
    await setUp({ log, signal });
    const system = await startSystem({
      dir: runDir,
      gateway,
      replicas: flags.replicas,
      storage: flags.storage,
      allowInstall: flags.allowInstall,
      keepData: true,
      log: withTime(log),
      signal,
    });
    log(announcement(system.state, startedAt));
    if (!signal.aborted) await once(signal, 'abort');
    await system.stop();
    return exitCodes.ok;
  } finally {
    lock.release();
    if (signal.aborted) log('✓ stopped');
  }
}
