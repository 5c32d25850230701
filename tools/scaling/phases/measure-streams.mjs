import { setTimeout as sleep } from 'node:timers/promises';
import { startMeter } from '../../bench/measure/meter.mjs';
import { residentMb } from '../../bench/measure/proc.mjs';
import { readRedisStats } from '../probes/redis-stats.mjs';
import { untilAtRest } from '../rig/at-rest.mjs';
import { startWatcher, streamsOf } from './watch.mjs';

/**
 * @typedef {import('../rig/open-rig.mjs').Rig} Rig
 * @typedef {ReturnType<typeof startWatcher>} Watcher
 */

const busy = { files: 1_000, batches: 4, watchers: 20 };
/** As many as a gateway lets be open, so that they stand out of what its memory does by itself. */
const idleStreams = 2_000;
/** As many as are looked at four times a second each; more share that rate. */
const ownBatches = 200;
/** Long enough for a heartbeat on every stream. */
const idleMs = 15_000;
const settleMs = 2_000;
const anywayMs = 5_000;

/** @param {Rig} rig @param {() => Promise<unknown>} work @returns {Promise<number>} CPU seconds of the gateway */
async function gatewayCpu({ roots }, work) {
  const meter = startMeter({ gateway: roots()['gateway'] ?? [] });
  await work();
  return (await meter.stop()).cpuS['gateway'] ?? 0;
}

/**
 * Batches with watchers beside the same ones without. The low lane is stopped until the watchers are there.
 * @param {Rig} rig @param {Watcher} watcher
 */
async function measureBusy(rig, watcher) {
  const { files, batches, watchers } = busy;
  let bytes = 0;
  const run = async (/** @type {number} */ count) => {
    await rig.gateway.request('POST', '/v1/ops/lanes/low/pause');
    const ids = await Promise.all(
      Array.from({ length: batches }, () => rig.gateway.noop(files, { priority: 'low' })),
    );
    if (count > 0) await watcher.call('open', { streams: streamsOf(rig.keys, ids, count * batches) });
    return gatewayCpu(rig, async () => {
      await rig.gateway.request('POST', '/v1/ops/lanes/low/resume');
      if (count > 0) bytes = (await watcher.call('ended')).bytes;
      await untilAtRest(rig);
    });
  };
  await run(0);
  const without = await run(0);
  const withThem = await run(watchers);
  const told = files * batches * watchers;
  return {
    bytesPerFile: bytes / told,
    gatewayCpuSPerFile: Math.max(0, withThem - without) / told,
  };
}

/**
 * What the gateway and Redis do a second.
 * @param {Rig} rig @param {number} forMs
 */
async function watchRates(rig, forMs) {
  const before = await readRedisStats(rig.redis);
  const from = performance.now();
  const cpuS = await gatewayCpu(rig, () => sleep(forMs, undefined, { signal: rig.signal }));
  const seconds = (performance.now() - from) / 1000;
  const { commands } = await readRedisStats(rig.redis);
  return { cores: cpuS / seconds, redisCommandsPerS: (commands - before.commands) / seconds };
}

/**
 * What as many streams cost as a gateway may have, while nothing happens on them.
 * @param {Rig} rig @param {Watcher} watcher @param {string[]} batches
 */
async function measureQuiet(rig, watcher, batches) {
  const pids = rig.roots()['gateway'] ?? [];
  const anyway = await watchRates(rig, anywayMs);
  const before = residentMb(pids, 'VmRSS');
  await watcher.call('open', { streams: streamsOf(rig.keys, batches, idleStreams) });
  await sleep(settleMs, undefined, { signal: rig.signal });
  const rates = await watchRates(rig, idleMs);
  const mb = residentMb(pids, 'VmRSS') - before;
  await watcher.call('close');
  return {
    cores: Math.max(0, rates.cores - anyway.cores),
    mb: Math.max(0, mb),
    redisCommandsPerS: Math.max(0, rates.redisCommandsPerS - anyway.redisCommandsPerS),
  };
}

/**
 * A stream costs its heartbeats and its memory; a batch that is watched costs the looks at it.
 * @param {Awaited<ReturnType<typeof measureQuiet>>} onOne @param {Awaited<ReturnType<typeof measureQuiet>>} onTheirOwn
 */
function split(onOne, onTheirOwn) {
  const thousands = idleStreams / 1_000;
  return {
    idle: { cores: onOne.cores / thousands, mb: Math.max(onOne.mb, onTheirOwn.mb) / thousands },
    watchedBatch: {
      cores: Math.max(0, onTheirOwn.cores - onOne.cores) / ownBatches,
      redisCommandsPerS: onTheirOwn.redisCommandsPerS / ownBatches,
    },
  };
}

/**
 * Event streams: what a file costs each watcher, and what watchers cost while nothing happens. Leaves batches behind that
 * wait in the low lane, so it comes last.
 * @param {Rig} rig @param {(text: string) => void} tell
 */
export async function measureStreams(rig, tell) {
  const watcher = startWatcher(rig);
  try {
    tell(`${busy.watchers} watchers on each of ${busy.batches} batches of ${busy.files} files`);
    const told = await measureBusy(rig, watcher);
    await rig.gateway.request('POST', '/v1/ops/lanes/low/pause');
    const waiting = [];
    for (let made = 0; made < ownBatches; made += 1)
      waiting.push(await rig.gateway.noop(1, { priority: 'low' }));
    tell(`${idleStreams} idle streams on one batch`);
    const onOne = await measureQuiet(rig, watcher, waiting.slice(0, 1));
    tell(`${idleStreams} idle streams on ${ownBatches} batches`);
    const onTheirOwn = await measureQuiet(rig, watcher, waiting);
    return { ...told, ...split(onOne, onTheirOwn) };
  } finally {
    await watcher.stop();
  }
}
