import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the range from which systems take ports for outgoing connections, so a free port stays free until it is used. */
const range = { from: 20_000, to: 32_000 };

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
 * Different free ports, all held until all are found. Random, so two copies of the project that start together hardly meet.
 * @param {number} count
 * @param {string} [host]
 * @returns {Promise<number[]>}
 */
export async function freePorts(count, host = '127.0.0.1') {
  const held = [];
  for (let tries = 0; held.length < count; tries += 1) {
    const server = await hold(tries < 50 * count ? randomInt(range.from, range.to) : 0, host);
    if (server !== null) held.push(server);
  }
  return Promise.all(held.map(release));
}

/** @param {string} [host] */
export const freePort = async (host) => /** @type {number} */ ((await freePorts(1, host))[0]);
