import { CommandError, exitCodes } from '../processes/exit-codes.mjs';
import { serviceNames } from './service-names.mjs';

const most = 32;

/** @param {string} text */
const refuse = (text) => new CommandError(`--replicas ${text}`, exitCodes.usage);

/**
 * Reads `model-worker=3,batch-orchestrator=2`, given once or several times; the last word about a service counts.
 * @param {string[]} values
 * @returns {Record<string, number>} a count for every service, 1 where nothing was said
 */
export function parseReplicas(values) {
  const counts = Object.fromEntries(serviceNames.map((name) => [name, 1]));
  for (const item of values.flatMap((value) => value.split(','))) {
    const [, name = '', digits = ''] = /^\s*([^=\s]+)\s*=\s*(\d+)\s*$/.exec(item) ?? [];
    if (name === '') throw refuse(`"${item}": write <service>=<count>, for example model-worker=3`);
    if (!serviceNames.includes(name))
      throw refuse(`${item}: there is no service "${name}"; there are ${serviceNames.join(', ')}`);
    const count = Number(digits);
    if (name === 'gateway' && count !== 1)
      throw refuse(`${item}: the gateway has one port here, so it runs once`);
    if (count > most) throw refuse(`${item}: at most ${most} of a service`);
    counts[name] = count;
  }
  return counts;
}
