import { measureRun } from '../probes/measure-run.mjs';
import { untilAtRest } from '../rig/at-rest.mjs';
import { largePhoto } from '../rig/photos.mjs';

const photos = 24;
const different = 4;
const size = { width: 2_400, height: 1_800 };

/**
 * Photos of a camera, which the gateway reads, checks and stores.
 * @param {import('../rig/open-rig.mjs').Rig} rig @param {import('../probes/cost-per-file.mjs').Idle} idle
 * @param {import('../probes/measure-run.mjs').Usage} last the run before
 */
export async function measureUploads(rig, idle, last) {
  const made = await Promise.all(Array.from({ length: different }, (_, seed) => largePhoto(seed, size)));
  const sent = Array.from({ length: photos }, (_, at) => made[at % different] ?? []).flat();
  const megabytes = sent.reduce((sum, { bytes }) => sum + bytes.length, 0) / 1e6;
  let seconds = 0;
  const work = async () => {
    const started = performance.now();
    await rig.gateway.upload(sent, { provider: 'noop' });
    seconds = (performance.now() - started) / 1000;
    await untilAtRest(rig);
  };
  const usage = await measureRun(rig, work, last);
  const cpuS = (usage.cpuS['gateway'] ?? 0) - (idle.cpuS['gateway'] ?? 0) * usage.measuredS;
  return {
    imageMb: megabytes / photos,
    gatewayCpuSPerMb: Math.max(0, cpuS) / megabytes,
    mbPerS: megabytes / seconds,
    peakMb: usage.peakMb['gateway'] ?? 0,
  };
}
