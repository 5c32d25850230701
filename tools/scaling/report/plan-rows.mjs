import { fixed } from '../model/assumptions.mjs';
import { dollars, figure, large, whole } from './figures.mjs';

/**
 * @typedef {import('../model/plan-capacity.mjs').Plan} Plan
 * @typedef {[title: string, value: (plan: Plan) => string]} Row
 */

/** @param {keyof Plan['services']} name @returns {(plan: Plan) => string} */
const pods =
  (name) =>
  ({ services }) => {
    const { pods: count, cores, mbPerPod } = services[name];
    const most = fixed.mostPods[name];
    const above = count > most ? `, above maxReplicas ${most}` : '';
    return `${whole(count)} (${figure(cores)} CPU in all, ${whole(mbPerPod)} MB each${above})`;
  };

/** @param {Plan} plan */
const firstLimit = ({ limits: [first] }) =>
  first === undefined ? '–' : `${first.what}, at ${large(first.filesPerDay)} files a day`;

/** What a plan says, line by line. @type {Row[]} */
export const planRows = [
  ['files a second, busiest hour', ({ demand }) => figure(demand.acceptedPerS)],
  ['generations under way', ({ provider }) => whole(provider.atOnce)],
  ['gateway pods', pods('gateway')],
  ['orchestrator pods', pods('orchestrator')],
  ['worker pods', pods('worker')],
  ['maintenance, alert pods', ({ services: { maintenance, alert } }) => `${maintenance.pods}, ${alert.pods}`],
  ['Redis: commands a second', ({ redis }) => large(redis.commandsPerS)],
  ['Redis: share of its one processor', ({ redis }) => `${figure(redis.cores * 100)} %`],
  ['Redis: kept, memory to provide', ({ redis }) => `${figure(redis.keptGb)}, ${figure(redis.memoryGb)} GB`],
  ['Redis: connections, log MB/s', ({ redis }) => `${whole(redis.connections)}, ${figure(redis.logMbPerS)}`],
  ['RabbitMQ: messages a second', ({ rabbitmq }) => large(rabbitmq.publishedPerS)],
  [
    'RabbitMQ: processors, disk MB/s',
    ({ rabbitmq }) => `${figure(rabbitmq.cores)}, ${figure(rabbitmq.diskMbPerS)}`,
  ],
  [
    'RabbitMQ: connections, channels',
    ({ rabbitmq }) => `${whole(rabbitmq.connections)}, ${whole(rabbitmq.channels)}`,
  ],
  [
    'storage: writes, reads a second',
    ({ storage }) => `${figure(storage.writesPerS)}, ${figure(storage.readsPerS)}`,
  ],
  [
    'storage: TB a day, kept',
    ({ storage }) => `${figure(storage.gbPerDay / 1e3)}, ${figure(storage.keptTb)}`,
  ],
  ['storage: objects kept', ({ storage }) => large(storage.keptObjects)],
  ['network in, out, MB/s', ({ storage }) => `${figure(storage.inMbPerS)}, ${figure(storage.outMbPerS)}`],
  [
    'event streams, each gateway, kB/s',
    ({ streams }) => `${whole(streams.open)}, ${whole(streams.eachGateway)}, ${figure(streams.mbPerS * 1e3)}`,
  ],
  ['fal, a day', ({ provider }) => dollars(provider.usdPerDay)],
  ['gives out first', firstLimit],
];
