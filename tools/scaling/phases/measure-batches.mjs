import { costPerFile } from '../probes/cost-per-file.mjs';
import { measureRun } from '../probes/measure-run.mjs';
import { restBytes } from '../probes/rest-bytes.mjs';
import { untilAtRest } from '../rig/at-rest.mjs';

/**
 * @typedef {import('../rig/open-rig.mjs').Rig} Rig
 * @typedef {import('../probes/measure-run.mjs').Usage} Usage
 */

/** Batches of a size, and how many of them are sent, so many at a time. */
const sizes = [
  { files: 1, batches: 400, atOnce: 16 },
  { files: 100, batches: 40, atOnce: 8 },
  { files: 10_000, batches: 2, atOnce: 1 },
];

/** Batches whose keys are looked at afterwards: they are all alike. */
const mostLookedAt = 20;

/** @param {Rig} rig @param {typeof sizes[number]} size @returns {Promise<string[]>} their ids */
async function send(rig, { files, batches, atOnce }) {
  let left = batches;
  /** @type {string[]} */
  const ids = [];
  const sender = async () => {
    for (; left > 0;) {
      left -= 1;
      ids.push(await rig.gateway.noop(files));
      // large batches are looked at one by one
      if (atOnce === 1) await untilAtRest(rig);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, sender));
  await untilAtRest(rig);
  return ids;
}

/** @param {Rig} rig @param {string[]} ids @returns {Promise<number>} bytes that Redis keeps of each, on average */
async function restOfEach({ redis }, ids) {
  const looked = ids.slice(0, mostLookedAt);
  let bytes = 0;
  for (const id of looked) bytes += await restBytes(redis, id);
  return bytes / looked.length;
}

/** Connections open, code compiled, queues there. @param {Rig} rig */
export async function warmUp(rig) {
  for (const files of [100, 1_000, 1_000]) await send(rig, { files, batches: 1, atOnce: 1 });
}

/**
 * Files of provider noop, in batches of each size.
 * @param {Rig} rig @param {import('../probes/cost-per-file.mjs').Idle} idle @param {Usage} last the run before
 * @param {(text: string) => void} tell
 */
export async function measureBatches(rig, idle, last, tell) {
  const measured = [];
  for (const size of sizes) {
    const all = size.files * size.batches;
    tell(`${size.batches} batches of ${size.files.toLocaleString('en-US')} files`);
    /** @type {string[]} */
    let ids = [];
    const usage = await measureRun(
      rig,
      async () => {
        ids = await send(rig, size);
      },
      last,
    );
    last = usage;
    const rest = await restOfEach(rig, ids);
    measured.push({
      files: size.files,
      filesPerS: all / usage.seconds,
      peakMb: usage.peakMb,
      cost: costPerFile(usage, idle, { files: all, restBytes: rest * size.batches }),
      othersCpus: usage.othersCpus,
    });
  }
  return { measured, last };
}
