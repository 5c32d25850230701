import { availableParallelism } from 'node:os';
import { startMeter } from '../../bench/measure/meter.mjs';
import { costPerFile } from '../probes/cost-per-file.mjs';
import { measureRun } from '../probes/measure-run.mjs';
import { packedBytes, restBytes } from '../probes/rest-bytes.mjs';
import { storedObjects } from '../probes/stored-objects.mjs';
import { untilAtRest } from '../rig/at-rest.mjs';
import { samplePhotos } from '../rig/photos.mjs';
import { startWatcher, streamsOf } from './watch.mjs';

const photos = 13;
/** What the worker takes when EMBEDDED_THREADS says nothing. */
const threads = Math.min(4, availableParallelism());

/** @typedef {import('../rig/open-rig.mjs').Rig} Rig */

/**
 * Each model once, as its customer would. @param {Rig} rig @param {string} id @param {number} files
 * @returns {Promise<number>} CPU seconds of the gateway for a megabyte
 */
async function measureDownloads({ gateway, roots }, id, files) {
  const meter = startMeter({ gateway: roots()['gateway'] ?? [] });
  let bytes = 0;
  // a handful of times: one model is too little to be seen in steps of 10 ms
  for (let round = 0; round < 5; round += 1)
    for (let idx = 0; idx < files; idx += 1)
      bytes += (await (await gateway.request('GET', `/v1/batches/${id}/files/${idx}/model`)).arrayBuffer())
        .byteLength;
  const { cpuS } = await meter.stop();
  return (cpuS['gateway'] ?? 0) / (bytes / 1e6);
}

/**
 * The samples through the embedded generator.
 * @param {Rig} rig @param {import('../probes/cost-per-file.mjs').Idle} idle
 */
export async function measureEmbedded(rig, idle) {
  const sent = samplePhotos(photos);
  const watcher = startWatcher(rig);
  try {
    // every thread has made a model before it is measured
    await rig.gateway.upload(samplePhotos(threads), { provider: 'embedded' });
    await untilAtRest(rig);
    let [id, bytes] = ['', 0];
    const usage = await measureRun(rig, async () => {
      id = await rig.gateway.upload(sent, { provider: 'embedded' });
      await watcher.call('open', { streams: streamsOf(rig.keys, [id], 1) });
      bytes = (await watcher.call('ended')).bytes;
      await untilAtRest(rig);
    });
    await rig.gateway.requireCompleted(id);
    const workerMb = usage.peakMb['worker'] ?? 0;
    const rest = await restBytes(rig.redis, id);
    const cost = costPerFile(usage, idle, { files: photos, restBytes: rest });
    return {
      embedded: {
        photos,
        cpuSPerModel: cost.cpuS.worker,
        threads,
        modelsPerS: photos / usage.seconds,
        workerMb,
        streamBytesPerFile: bytes / photos,
        packedBytes: (await packedBytes(rig.redis, id)) / photos,
        stored: storedObjects(rig.storage, id),
        cost,
      },
      downloads: { gatewayCpuSPerMb: await measureDownloads(rig, id, photos) },
    };
  } finally {
    await watcher.stop();
  }
}
