import { exitCodes } from '../../dev/processes/exit-codes.mjs';
import { parseFlags } from '../../dev/processes/parse-flags.mjs';
import { root } from '../../dev/processes/paths.mjs';
import { installPackages } from '../../dev/set-up/install.mjs';
import { report } from './report.mjs';

const help = `npm run k8s:check [-- flags]   whether the manifests of k8s/ are right, without a cluster

Renders both overlays, every component and every sensible combination; checks them by the schemas, by the compiler and by
the rules of tools/k8s/rules against the code; then makes mistakes on purpose and looks whether each is found.

  --write        first write k8s/components/monitoring/prometheus-rule.yaml from observability/
  --mistakes     list each mistake and what is said about it
  --no-install   fetch no kubectl
  --help

Exit code 0: all is well, 1: something is not, 64: wrong flag, 78: no kubectl or kustomize that is new enough.`;

/** A line that is written over, on a terminal. @param {string} step */
function showStep(step) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${step} …`);
}

/**
 * `npm run k8s:check`.
 * @type {Parameters<typeof import('../../dev/processes/run-main.mjs').runMain>[0]}
 */
export async function checkCommand({ args, signal, log }) {
  const flags = parseFlags(args, {
    write: { type: 'boolean' },
    mistakes: { type: 'boolean' },
    'no-install': { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (flags.help === true) {
    log(help);
    return exitCodes.ok;
  }
  await installPackages({ root, log, signal });
  const { checkManifests, isGood } = await import('../checks/check-manifests.mjs');
  if (flags.write === true) await write(log);
  const startedAt = performance.now();
  const allowInstall = flags['no-install'] !== true;
  const outcome = await checkManifests({ log, signal, allowInstall, onStep: showStep });
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K');
  const seconds = (performance.now() - startedAt) / 1_000;
  log(report(outcome, { seconds, mistakes: flags.mistakes === true }));
  return isGood(outcome) ? exitCodes.ok : exitCodes.failed;
}

/** @param {(text: string) => void} log */
async function write(log) {
  const { loadFacts } = await import('../checks/load-facts.mjs');
  const { writePrometheusRule } = await import('../checks/prometheus-rule.mjs');
  await writePrometheusRule((await loadFacts()).alertGroups);
  log('wrote k8s/components/monitoring/prometheus-rule.yaml');
}
