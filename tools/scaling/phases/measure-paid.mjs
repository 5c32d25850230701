import { costPerFile, splitByDuration } from '../probes/cost-per-file.mjs';
import { measureRun } from '../probes/measure-run.mjs';
import { packedBytes, restBytes } from '../probes/rest-bytes.mjs';
import { storedObjects } from '../probes/stored-objects.mjs';
import { untilAtRest } from '../rig/at-rest.mjs';
import { falConcurrency } from '../rig/start-services.mjs';
import { samplePhotos } from '../rig/photos.mjs';

/** @typedef {import('../probes/measure-run.mjs').Usage} Usage */

/** As many as run at a time, so that each is generated at once; about what a full worker has waiting. */
const files = falConcurrency;
const warmUpFiles = 16;
const durationsS = /** @type {const} */ ([1, 9]);

/**
 * The samples through the stand-in of fal, with generations of two durations: what changes with the duration and what
 * does not.
 * @param {import('../rig/open-rig.mjs').Rig} rig @param {import('../probes/cost-per-file.mjs').Idle} idle
 * @param {(text: string) => void} tell
 */
export async function measurePaid(rig, idle, tell) {
  await rig.fal.setDuration(durationsS[0] * 1000);
  await rig.gateway.upload(samplePhotos(warmUpFiles), { provider: 'fal' });
  await untilAtRest(rig);
  const run = async (/** @type {number} */ seconds, /** @type {Usage | undefined} */ last) => {
    tell(`${files} generations of ${seconds} s`);
    await rig.fal.setDuration(seconds * 1000);
    const asked = await rig.fal.requests();
    let id = '';
    const work = async () => {
      id = await rig.gateway.upload(samplePhotos(files), { provider: 'fal' });
      await untilAtRest(rig);
    };
    const usage = await measureRun(rig, work, last);
    await rig.gateway.requireCompleted(id);
    const rest = await restBytes(rig.redis, id);
    const requests = ((await rig.fal.requests()) - asked) / files;
    return { id, seconds, usage, requests, cost: costPerFile(usage, idle, { files, restBytes: rest }) };
  };
  const short = await run(durationsS[0], undefined);
  const long = await run(durationsS[1], short.usage);
  const perSecond = Math.max(0, long.requests - short.requests) / (long.seconds - short.seconds);
  return {
    ...splitByDuration(short, long),
    requests: Math.max(0, short.requests - perSecond * short.seconds),
    requestsPerSecond: perSecond,
    packedBytes: (await packedBytes(rig.redis, long.id)) / files,
    workerMb: long.usage.peakMb['worker'] ?? 0,
    stored: storedObjects(rig.storage, long.id),
  };
}
