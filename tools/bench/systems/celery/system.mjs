import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openLedger } from '../../../dev/processes/ledger.mjs';
import { PrivateProcess } from '../../../dev/servers/private-process.mjs';
import { LineProcess } from '../../processes/line-process.mjs';
import { python } from './python.mjs';

const folder = fileURLToPath(new URL('.', import.meta.url));
const leaveWithinMs = 8_000;
/** Results have a database to themselves. */
const resultsDatabase = 2;
const workerArguments = [
  ...['-m', 'celery', '-A', 'app', 'worker', '--queues', 'model_generation', '--loglevel', 'warning'],
  ...['--concurrency', '8', '--prefetch-multiplier', '2', '--max-tasks-per-child', '100', '--events'],
  ...['--without-gossip', '--without-mingle', '--without-heartbeat'],
];

/** @param {string} dir */
export const celeryLedgerFile = (dir) => join(dir, 'ledger', 'celery.json');

/** What is left of the worker's process group when its head is gone. @param {number} pid */
function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All of them left by themselves.
  }
}

/**
 * Celery's chord in its original configuration, on RabbitMQ, its faster broker. To its benefit: the client starts the
 * chord itself, nothing is written at a file's start and end, workers do not gossip.
 * @param {import('../system.mjs').SystemContext} context
 * @returns {Promise<import('../system.mjs').System>}
 */
export async function startCelery({ dir, servers, signal }) {
  const env = {
    ...process.env,
    PYTHONDONTWRITEBYTECODE: '1',
    BENCH_AMQP_URL: `${servers.amqpUrl}//`,
    BENCH_RESULTS_URL: `${servers.redisUrl}/${resultsDatabase}`,
  };
  const worker = new PrivateProcess({
    name: 'celery',
    command: python,
    args: workerArguments,
    env,
    cwd: folder,
    logFile: join(dir, 'logs', 'celery-worker.log'),
    words: ['celery'],
    ledger: openLedger(celeryLedgerFile(dir)),
  });
  await worker.start();
  const kill = () => killGroup(worker.pid);
  process.once('exit', kill);
  const client = new LineProcess({
    command: python,
    args: [join(folder, 'client.py')],
    env,
    cwd: folder,
    logFile: join(dir, 'logs', 'celery-client.log'),
    signal,
  });
  return {
    workers: 1,
    roots: () => ({ worker: [worker.pid], client: [client.pid] }),
    run: (n) => client.call('run', { n }),
    async review({ lastMs, ...outcome }) {
      const completions = await client.call('finished', { job_id: outcome.batchId });
      return { ...outcome, completions, completionMs: outcome.endMs - lastMs };
    },
    async stop() {
      await client.stop();
      await worker.stop({ graceMs: signal.aborted ? 0 : leaveWithinMs });
      kill();
      process.off('exit', kill);
    },
  };
}
