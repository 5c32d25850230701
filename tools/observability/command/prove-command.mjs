import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { exitCodes } from '../../dev/processes/exit-codes.mjs';
import { parseFlags } from '../../dev/processes/parse-flags.mjs';
import { gatewayAddress } from '../../dev/services/gateway-address.mjs';
import { parseReplicas } from '../../dev/services/replicas.mjs';
import { startSystem } from '../../dev/services/system.mjs';
import { setUp } from '../../dev/set-up/set-up.mjs';
import { queriesOf, readAlerts, readDashboards } from '../checks/files.mjs';
import { findPrometheus } from '../checks/promtool.mjs';
import { judgeProof } from '../proof/judge.mjs';
import { keepBusy } from '../proof/load.mjs';
import { startPrometheus } from '../proof/prometheus.mjs';

const help = `npm run observability:prove [-- flags]   whether every panel and every alert has data

Starts the system as npm start does, a real Prometheus that scrapes it, and a client; asks Prometheus for every query
of observability/ until each has data, and prints a table.

  --within S     how long to wait for the last one (default 90)
  --no-build     the bundles are up to date
  --no-install   install nothing
  --help`;

/** @typedef {{ dir: string, prometheus: string, allowInstall: boolean, withinMs: number }} Proof */

/**
 * @param {Proof} proof @param {{ signal: AbortSignal, log: (text: string) => void }} context
 * @returns {Promise<boolean>}
 */
async function prove({ dir, prometheus, allowInstall, withinMs }, { signal, log }) {
  const gateway = await gatewayAddress({ wanted: 0, log });
  const quiet = () => undefined;
  const options = {
    dir,
    gateway,
    replicas: parseReplicas([]),
    allowInstall,
    keepData: false,
    log: quiet,
    signal,
  };
  process.env['I2M_NOOP_MS'] = '50';
  const system = await startSystem(options);
  const over = new AbortController();
  const [apiKey = ''] = system.state.api_keys;
  const load = keepBusy({ url: gateway.url, apiKey, signal: over.signal });
  // whoever waits for it is told; until then it is not unhandled
  load.catch(quiet);
  const targetsFile = join(dir, 'prometheus-targets.json');
  const server = await startPrometheus({
    program: prometheus,
    dir: join(dir, 'prometheus'),
    targetsFile,
    signal,
  });
  try {
    const asked = { queries: queriesOf(readDashboards()), alerts: readAlerts() };
    const untilMs = performance.now() + withinMs;
    for (;;) {
      const verdict = await judgeProof(server.api, asked);
      if (verdict.missing.length > 0 && performance.now() < untilMs) {
        await pause(1_000, undefined, { signal });
        continue;
      }
      log(verdict.table);
      for (const missing of verdict.missing) log(`✗ ${missing}`);
      return verdict.missing.length === 0;
    }
  } finally {
    over.abort();
    await server.stop();
    await load.finally(() => system.stop());
  }
}

/** @type {Parameters<typeof import('../../dev/processes/run-main.mjs').runMain>[0]} */
export async function proveCommand({ args, signal, log }) {
  const flags = parseFlags(args, {
    within: { type: 'string' },
    'no-build': { type: 'boolean' },
    'no-install': { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (flags.help === true) {
    log(help);
    return exitCodes.ok;
  }
  const allowInstall = flags['no-install'] !== true;
  const { prometheus } = await findPrometheus({ log, signal, allowInstall });
  await setUp({ log, signal, build: flags['no-build'] !== true });
  const dir = mkdtempSync(join(tmpdir(), 'image2model-observability-'));
  const startedAt = performance.now();
  try {
    const withinMs = Number(flags.within ?? 90) * 1_000;
    const proven = await prove({ dir, prometheus, allowInstall, withinMs }, { signal, log });
    log(
      `${proven ? '✓ everything has data' : '✗ not everything has data'} after ${((performance.now() - startedAt) / 1000).toFixed(0)} s`,
    );
    return proven ? exitCodes.ok : exitCodes.failed;
  } finally {
    rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
