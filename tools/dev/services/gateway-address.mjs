import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError, exitCodes } from '../processes/exit-codes.mjs';
import { freePort, isPortFree } from '../processes/free-ports.mjs';
import { takeLock } from '../processes/single-instance.mjs';

const defaultPort = 8080;
const anywhere = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '[::1]'],
]);

/** @typedef {{ host: string, port: number, url: string }} GatewayAddress */

/**
 * Claims a port for the time until the gateway listens, against copies of the project that start in the same moment. For
 * the life of this process; a claim of a dead one counts for nothing.
 * @param {number} port
 */
function claimPort(port) {
  try {
    const claim = takeLock(join(tmpdir(), `image2model-port-${port}.lock`));
    if (!('release' in claim)) return false;
    process.once('exit', claim.release);
    return true;
  } catch {
    // Another user's old claim, which we may not remove. The port itself decides.
    return true;
  }
}

/** @param {string} host @param {number} port @returns {GatewayAddress} */
export const addressOf = (host, port) => {
  const name = anywhere.get(host) ?? (host.includes(':') ? `[${host}]` : host);
  return { host, port, url: `http://${name}:${port}` };
};

/**
 * Where the gateway will listen. A port that somebody asked for is that port or an error; the default one gives way.
 * @param {{ wanted: number | undefined, log: (text: string) => void }} options wanted: from --port or PORT; 0 for any
 * @returns {Promise<GatewayAddress>}
 */
export async function gatewayAddress({ wanted, log }) {
  const host = process.env['HOST'] || '127.0.0.1';
  if (wanted === 0) return addressOf(host, await freePort(host));
  const port = wanted ?? defaultPort;
  if ((await isPortFree(port, host)) && claimPort(port)) return addressOf(host, port);
  if (wanted !== undefined) {
    throw new CommandError(
      `Port ${port} is taken. Give another one: npm start -- --port ${port + 1}`,
      exitCodes.config,
    );
  }
  const other = await freePort(host);
  log(`port ${defaultPort} is taken; the gateway gets ${other}`);
  return addressOf(host, other);
}
