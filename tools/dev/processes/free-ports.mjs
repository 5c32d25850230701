import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** Below the range from which systems take ports for outgoing connections, so a free port stays free until it is used. */
const range = { from: 20_000, to: 32_000 };
/** Longer than a server takes from being given its port until it listens. */
const reservedForMs = 120_000;

/**
 * Listens on a port, or says that it is taken.
 * @param {number} port 0 lets the system choose
 * @param {string} host
 * @returns {Promise<import('node:net').Server | null>}
 */
function hold(port, host) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(null) : reject(error),
    );
    server.listen({ port, host, exclusive: true }, () => resolve(server));
  });
}

/** @param {import('node:net').Server} server @returns {Promise<number>} */
const release = (server) => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return new Promise((resolve) => server.close(() => resolve(port)));
};

/** @param {number} port @param {string} [host] */
export async function isPortFree(port, host = '127.0.0.1') {
  const server = await hold(port, host);
  if (server !== null) await release(server);
  return server !== null;
}

/**
 * Marks a port as given out: by the UDP port of the same number, which none of our servers uses. Other processes see the
 * mark, and the system removes it with this one.
 * @param {number} port
 * @returns {Promise<boolean>} false: somebody else has it
 */
function reserve(port) {
  return new Promise((resolve) => {
    const mark = createSocket('udp4');
    mark.once('error', () => mark.close(() => resolve(false)));
    mark.bind({ port, address: '127.0.0.1', exclusive: true }, () => {
      mark.unref();
      setTimeout(() => mark.close(), reservedForMs).unref();
      resolve(true);
    });
  });
}

/**
 * Different free ports, given to nobody else on this machine for two minutes: servers that start at the same time, of
 * this process or of others, do not meet.
 * @param {number} count
 * @param {string} [host]
 * @returns {Promise<number[]>}
 */
export async function freePorts(count, host = '127.0.0.1') {
  const held = [];
  for (let tries = 0; held.length < count; tries += 1) {
    const server = await hold(tries < 50 * count ? randomInt(range.from, range.to) : 0, host);
    if (server === null) continue;
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    if (await reserve(port)) held.push(server);
    else await release(server);
  }
  return Promise.all(held.map(release));
}

/** @param {string} [host] */
export const freePort = async (host) => /** @type {number} */ ((await freePorts(1, host))[0]);
