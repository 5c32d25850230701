import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Redis } from 'ioredis';
import { CommandError, exitCodes } from '../../dev/processes/exit-codes.mjs';
import { writeJson } from '../../dev/processes/write-atomic.mjs';
import { startServers } from '../../dev/servers/start-servers.mjs';
import { busyWarning, describeMachine, loadNow, machineLine } from '../measure/machine.mjs';
import { isSound } from '../report/row.mjs';
import { reportText } from '../report/report-text.mjs';
import { celeryVersion, howToInstall } from '../systems/celery/python.mjs';
import { openBenchFolder } from './bench-folder.mjs';
import { planVisits } from './plan.mjs';
import { openProgressLine } from './progress-line.mjs';
import { runVisits } from './run-visits.mjs';

/**
 * @typedef {import('./flags.mjs').BenchFlags} BenchFlags
 * @typedef {{ signal: AbortSignal, log: (text: string) => void }} CommandContext
 */

/** Found out before the first run, not after the last. @param {string} file */
function requireWritable(file) {
  try {
    mkdirSync(dirname(file), { recursive: true });
  } catch (error) {
    throw new CommandError(
      `--json ${file}: ${error instanceof Error ? error.message : error}`,
      exitCodes.usage,
    );
  }
  if (existsSync(file) && statSync(file).isDirectory())
    throw new CommandError(`--json ${file}: that is a folder`, exitCodes.usage);
}

/**
 * The asked-for systems that can run here; what cannot is left out, and said.
 * @param {BenchFlags} flags @param {AbortSignal} signal
 */
async function systemsHere({ only }, signal) {
  const celery = only.includes('celery-original') ? await celeryVersion(signal) : null;
  const here = only.filter((name) => name !== 'celery-original' || celery !== null);
  const missing = `celery-original is left out: Python has no celery and redis (${howToInstall})`;
  if (here.length === 0) throw new CommandError(missing, exitCodes.config);
  return { only: here, celery, leftOut: here.length < only.length ? missing : null };
}
/** @typedef {Awaited<ReturnType<typeof systemsHere>>} Systems */

/**
 * @param {BenchFlags} flags
 * @param {CommandContext & { dir: string, load: number[], systems: Systems, servers: import('../../dev/servers/start-servers.mjs').Servers, redis: Redis }} context
 */
async function measureAll(flags, { load, systems, ...context }) {
  const { servers, redis, log } = context;
  await redis.config('SET', 'appendfsync', flags.appendfsync);
  const machine = await describeMachine({ amqpUrl: servers.amqpUrl, redis, load });
  log(machineLine(machine));
  const { only, celery, leftOut } = systems;
  for (const line of [busyWarning(machine), leftOut]) if (line !== null) log(line);
  const visits = planVisits({ ...flags, only });
  const progress = openProgressLine({ log, runs: visits.reduce((sum, { sizes }) => sum + sizes.length, 0) });
  try {
    const rows = await runVisits(visits, context, progress);
    const settings = { appendfsync: flags.appendfsync, celery };
    return { rows, machine, settings, left_out: leftOut };
  } finally {
    progress.clear();
  }
}

/**
 * @param {BenchFlags} flags
 * @param {CommandContext} context
 * @returns {Promise<number>} exit code
 */
export async function benchCommand(flags, { signal, log }) {
  const load = loadNow();
  if (flags.json !== null) requireWritable(flags.json);
  const systems = await systemsHere(flags, signal);
  const folder = await openBenchFolder(log);
  const { dir } = folder;
  try {
    const { allowInstall } = flags;
    const servers = await startServers({ dir, log, allowInstall, keepData: false, given: {}, signal });
    process.once('exit', servers.killNow);
    const redis = new Redis(servers.redisUrl);
    try {
      const result = await measureAll(flags, { dir, load, systems, servers, redis, log, signal });
      log(reportText(result));
      if (flags.json !== null) writeJson(flags.json, result);
      return result.rows.every(isSound) ? exitCodes.ok : exitCodes.failed;
    } finally {
      redis.disconnect();
      await servers.stop({ fast: true });
    }
  } finally {
    folder.remove();
  }
}
