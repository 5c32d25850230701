import { costOfFile } from './cost-at.mjs';
import { demandOf } from './demand.mjs';
import { limitsOf } from './limits.mjs';
import { planServices } from './plan-services.mjs';
import { planBroker, planRedis, planStorage } from './plan-stores.mjs';

/**
 * What an installation needs for so many files a day, by the measured constants. Pure: the same figures give the same plan.
 * @param {import('../constants/schema.mjs').Constants} constants
 * @param {import('./assumptions.mjs').Wishes} wishes
 */
export function planCapacity(constants, wishes) {
  const demand = demandOf(wishes);
  const cost = costOfFile(constants, wishes);
  const services = planServices(constants, wishes, demand, cost);
  const { filesPerDay, usdPerFile, watchers } = wishes;
  const limits = limitsOf(constants, wishes, cost);
  return {
    wishes,
    demand,
    services,
    redis: planRedis(constants, wishes, demand, cost, services),
    rabbitmq: planBroker(constants, wishes, demand, cost, services),
    storage: planStorage(constants, wishes, demand),
    streams: {
      open: demand.streams,
      eachGateway: demand.streams / services.gateway.pods,
      mbPerS: (demand.acceptedPerS * watchers * bytesOnStream(constants)) / 1e6,
    },
    provider: { atOnce: demand.underWay, usdPerDay: filesPerDay * usdPerFile },
    limits,
    /** what has given out at so many files, the first one first */
    reached: limits.filter((limit) => limit.filesPerDay < filesPerDay),
  };
}
/** @typedef {ReturnType<typeof planCapacity>} Plan */

/** Files that take a while have progress to tell as well. @param {import('../constants/schema.mjs').Constants} constants */
const bytesOnStream = ({ streams, embedded }) => Math.max(streams.bytesPerFile, embedded.streamBytesPerFile);
