import { GatewayClient } from '../../dev/demo/gateway-client.mjs';
import { serviceNames } from '../../dev/services/service-names.mjs';
import { startPrivateServers } from '../../dev/test-servers/private-servers.mjs';
import { runEmbeddedBatch, runNoopBatch, startLongBatch } from '../running/run-batches.mjs';
import { startSystem } from '../running/start-system.mjs';

/** @typedef {import('../report/image-table.mjs').Row} Row */
/** @typedef {ReturnType<typeof import('./steps.mjs').countSteps>} Step */

/** Steps of `runImages`. @param {boolean} whole all five services run */
export const stepsOfRun = (whole) => (whole ? 6 : 3);

/** @param {Row[]} rows @param {string} name @param {string[]} problems */
const blame = (rows, name, problems) => rows.find((row) => row.name === name)?.problems.push(...problems);

/**
 * What fails becomes a problem of an image, so that the table still tells all that is known.
 * @param {Row[]} rows @param {string} name @param {AbortSignal} signal @param {() => Promise<string[]>} work which gives problems
 * @returns {Promise<boolean>} whether there were none
 */
async function blameOnFailure(rows, name, signal, work) {
  const problems = await work().catch((error) => {
    signal.throwIfAborted();
    return [error instanceof Error ? error.message : String(error)];
  });
  blame(rows, name, problems);
  return problems.length === 0;
}

/**
 * @param {import('../running/running-service.mjs').RunningService[]} services @param {Row[]} rows @param {AbortSignal} signal
 * @returns {Promise<boolean>} whether all are
 */
async function becomeReady(services, rows, signal) {
  const ready = await Promise.all(
    services.map((service) =>
      blameOnFailure(rows, service.name, signal, async () => {
        const seconds = await service.waitReady(signal);
        const row = rows.find(({ name }) => name === service.name);
        if (row !== undefined) row.readyS = seconds;
        return service.rightsProblems();
      }),
    ),
  );
  return ready.every(Boolean);
}

/** @param {import('../running/running-service.mjs').RunningService[]} services @param {Row[]} rows */
async function stopAll(services, rows) {
  await Promise.all(
    services.map(async (service) => {
      const { seconds, problems } = await service.stop();
      const row = rows.find(({ name }) => name === service.name);
      if (row !== undefined) row.stopS = seconds;
      blame(rows, service.name, problems);
    }),
  );
}

/**
 * The services as containers against a real RabbitMQ and Redis: ready, two batches, and the end with work in hand. What
 * goes wrong is added to the rows.
 * @param {{ dir: string, images: import('../running/start-system.mjs').Image[], rows: Row[], step: Step,
 *   allowInstall: boolean, signal: AbortSignal }} options
 */
export async function runImages({ dir, images, rows, step, allowInstall, signal }) {
  const quiet = () => undefined;
  const servers = await step('RabbitMQ and Redis', () => startPrivateServers({ log: quiet, allowInstall }));
  process.once('exit', servers.killNow);
  const { services, gateway } = await startSystem({ dir, images, servers });
  const killServices = () => services.forEach((service) => service.killNow());
  process.once('exit', killServices);
  try {
    const ready = await step(`/readyz of ${services.length}`, () => becomeReady(services, rows, signal));
    if (ready && images.length === serviceNames.length) {
      const client = new GatewayClient({ ...gateway, signal });
      const batch = (/** @type {(client: GatewayClient) => Promise<string[]>} */ work) =>
        blameOnFailure(rows, 'model-worker', signal, () => work(client));
      await step('a batch of 500 files without work (noop)', () => batch(runNoopBatch));
      await step('a batch of photos by the embedded generator', () => batch(runEmbeddedBatch));
      await step('a batch to stop in', () => batch(startLongBatch));
    }
    await step('SIGTERM', () => stopAll(services, rows));
  } finally {
    killServices();
    await servers.stop();
    process.off('exit', servers.killNow);
    process.off('exit', killServices);
  }
}
