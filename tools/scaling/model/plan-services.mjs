import { fixed, shares } from './assumptions.mjs';

/**
 * @typedef {import('../constants/schema.mjs').Constants} Constants
 * @typedef {import('../constants/schema.mjs').Cost} Cost
 * @typedef {import('./assumptions.mjs').Wishes} Wishes
 * @typedef {import('./demand.mjs').Demand} Demand
 * @typedef {{ pods: number, cores: number, mbPerPod: number, because: string }} Service
 *   cores: processors in use in the busiest hour, all pods together; because: what asks for the most pods
 */

/** Two, so that one may be away. */
const leastPods = 2;

/**
 * @param {Record<string, number>} reasons pods by what asks for them
 * @returns {{ pods: number, because: string }}
 */
function most(reasons) {
  const [because = '', pods = 0] = Object.entries(reasons).sort(([, a], [, b]) => b - a)[0] ?? [];
  return pods <= leastPods
    ? { pods: leastPods, because: 'availability' }
    : { pods: Math.ceil(pods), because };
}

/** The largest peak that was seen. @param {Constants} constants @param {keyof Constants['idle']['rssMb']} role */
const peakMb = ({ batches, idle }, role) =>
  Math.max(idle.rssMb[role], ...batches.map((each) => each.peakMb[role]));

/**
 * Batches that gateways look at: each at those of its own streams, at worst another one for each stream.
 * @param {number} streams @param {number} gateways
 */
export const watchedBatches = (streams, gateways) => Math.min(streams, gateways * fixed.batchesAtFullRate);

/** @param {Constants} constants @param {Wishes} wishes @param {Demand} demand @param {Cost} cost @returns {Service} */
function gateway(constants, { imageMb, modelMb, downloads, watchers }, { acceptedPerS, streams }, cost) {
  const { uploads, downloads: down, streams: stream } = constants;
  const perFile =
    cost.cpuS.gateway +
    imageMb * uploads.gatewayCpuSPerMb +
    downloads * modelMb * down.gatewayCpuSPerMb +
    watchers * stream.gatewayCpuSPerFile;
  const ofStreams =
    (streams / 1_000) * stream.idle.cores + watchedBatches(streams, leastPods) * stream.watchedBatch.cores;
  const cores = acceptedPerS * perFile + ofStreams;
  const reasons = {
    processor: cores / shares.processor,
    streams: streams / (fixed.streamsPerGateway * shares.streams),
  };
  const { pods, because } = most(reasons);
  const streamsMb = (streams / pods / 1_000) * stream.idle.mb;
  return {
    pods,
    because,
    cores,
    mbPerPod: Math.max(uploads.peakMb, peakMb(constants, 'gateway')) + streamsMb,
  };
}

/** @param {Constants} constants @param {Wishes} wishes @param {Demand} demand @param {Cost} cost @returns {Service} */
function worker(constants, { provider }, { generatedPerS, underWay }, cost) {
  const cores = generatedPerS * cost.cpuS.worker;
  if (provider === 'embedded') {
    const threads = fixed.threadsPerWorker;
    return {
      ...most({ generators: cores / shares.generator / threads }),
      cores,
      mbPerPod: peakMb(constants, 'worker') + threads * constants.embedded.mbPerThread,
    };
  }
  return {
    ...most({
      processor: cores / shares.processor,
      'files that wait': underWay / (fixed.waitingPerWorker * shares.waiting),
    }),
    cores,
    mbPerPod: Math.max(peakMb(constants, 'worker'), constants.paid.workerMb),
  };
}

/**
 * Pods of each service for the busiest hour. A Node process has one processor for its own code.
 * @param {Constants} constants @param {Wishes} wishes @param {Demand} demand @param {Cost} cost
 * @returns {Record<'gateway' | 'orchestrator' | 'worker' | 'maintenance' | 'alert', Service>}
 */
export function planServices(constants, wishes, demand, cost) {
  const plain = (/** @type {'orchestrator' | 'maintenance' | 'alert'} */ role) => {
    const cores = demand.acceptedPerS * cost.cpuS[role] + constants.idle.cores[role];
    return { ...most({ processor: cores / shares.processor }), cores, mbPerPod: peakMb(constants, role) };
  };
  return {
    gateway: gateway(constants, wishes, demand, cost),
    orchestrator: plain('orchestrator'),
    worker: worker(constants, wishes, demand, cost),
    maintenance: plain('maintenance'),
    alert: plain('alert'),
  };
}
