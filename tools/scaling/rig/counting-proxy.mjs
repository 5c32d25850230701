import { createServer, request } from 'node:http';
import { once } from 'node:events';
import { operationOf } from '../probes/s3-operations.mjs';

/**
 * Stands before an S3 server and counts what it is asked; signatures stay valid, for the Host header passes as it came.
 * @param {string} origin of the server
 * @returns {Promise<{ origin: string, counts(): Record<string, number>, stop(): void }>}
 */
export async function startCountingProxy(origin) {
  const { hostname, port } = new URL(origin);
  /** @type {Record<string, number>} */
  const counts = {};
  const server = createServer((asked, answer) => {
    const { method = '', url = '/', headers } = asked;
    const operation = operationOf({ method, url, copies: headers['x-amz-copy-source'] !== undefined });
    counts[operation] = (counts[operation] ?? 0) + 1;
    const passed = request({ hostname, port, method, path: url, headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    // the services see a connection that broke, and try again as they do anywhere
    passed.once('error', () => answer.destroy());
    asked.pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: own } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    origin: `http://127.0.0.1:${own}`,
    counts: () => ({ ...counts }),
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
