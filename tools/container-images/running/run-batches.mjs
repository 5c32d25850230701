import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { listPhotos } from '../../dev/demo/photos.mjs';
import { root } from '../../dev/processes/paths.mjs';

/** @typedef {import('../../dev/demo/gateway-client.mjs').GatewayClient} GatewayClient */

const batchWithinMs = 120_000;
const noopFiles = 500;
const longFiles = 40;
const endStates = ['completed', 'partial', 'failed', 'cancelled'];

/** @param {GatewayClient} client @param {string} id */
async function waitForEnd(client, id) {
  const untilMs = performance.now() + batchWithinMs;
  for (;;) {
    const batch = await client.batch(id);
    if (endStates.includes(batch.status)) return batch;
    if (performance.now() > untilMs)
      throw new Error(
        `batch ${id} has not ended: ${JSON.stringify(batch.counts)} after ${batchWithinMs / 1000} s`,
      );
    await sleep(200, undefined, { signal: client.signal });
  }
}

/** @param {GatewayClient} client @param {string} id @param {import('../../dev/demo/gateway-client.mjs').BatchFile} file */
async function modelProblems(client, id, { idx, name, status, model, error }) {
  if (status !== 'completed' || model === null)
    return [`${name} is ${status}: ${error?.message ?? 'no model'}`];
  const bytes = Buffer.from(await (await client.model(id, idx)).arrayBuffer());
  const isGlb = bytes.subarray(0, 4).toString('latin1') === 'glTF';
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return isGlb && sha256 === model.sha256 ? [] : [`the model of ${name} is not the GLB that was promised`];
}

/** @param {string[]} photos @param {number} count */
const repeated = (photos, count) =>
  Array.from({ length: count }, (_, at) => photos[at % photos.length] ?? '');

/** Photos of the project itself. */
const samples = () => listPhotos(join(root, 'samples'));

/**
 * A batch without images: only the coordination works.
 * @param {GatewayClient} client
 * @returns {Promise<string[]>} problems
 */
export async function runNoopBatch(client) {
  const answer = await fetch(`${client.url}/v1/batches`, {
    method: 'POST',
    headers: { authorization: `Bearer ${client.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ provider: 'noop', count: noopFiles }),
    signal: client.signal,
  });
  if (!answer.ok) return [`the noop batch is refused with ${answer.status}: ${await answer.text()}`];
  const { id } = /** @type {{ id: string }} */ (await answer.json());
  const { status, counts } = await waitForEnd(client, id);
  return status === 'completed' && counts.completed === noopFiles
    ? []
    : [`the noop batch ended as ${status} ${JSON.stringify(counts)}`];
}

/**
 * The real generator, from the upload to the models: sharp, OpenCV and onnxruntime of the model-worker's image.
 * @param {GatewayClient} client
 */
export async function runEmbeddedBatch(client) {
  const { id } = await client.createBatch(samples(), { provider: 'embedded' });
  const { status, counts } = await waitForEnd(client, id);
  const problems =
    status === 'completed' ? [] : [`the batch of photos ended as ${status} ${JSON.stringify(counts)}`];
  for (const file of await client.files(id)) problems.push(...(await modelProblems(client, id, file)));
  return problems;
}

/**
 * Gives the system work, and comes back when a worker has some of it in hand.
 * @param {GatewayClient} client
 * @returns {Promise<string[]>} problems
 */
export async function startLongBatch(client) {
  const { id } = await client.createBatch(repeated(samples(), longFiles), { provider: 'embedded' });
  const untilMs = performance.now() + 30_000;
  while ((await client.batch(id)).counts.running === 0) {
    if (performance.now() > untilMs) return [`no worker takes a file of batch ${id}`];
    await sleep(50, undefined, { signal: client.signal });
  }
  return [];
}
