import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/** Below the range that systems use for outgoing connections, so that a free port stays free until it is taken. */
const range = { from: 20_000, to: 32_000 };

/** Different free ports on loopback, all held until all are found. */
export async function freePorts(count: number): Promise<number[]> {
  const held: { server: Server; port: number }[] = [];
  while (held.length < count) {
    const port = randomInt(range.from, range.to);
    const server = await hold(port);
    if (server !== undefined) held.push({ server, port });
  }
  await Promise.all(held.map(({ server }) => new Promise((resolve) => server.close(resolve))));
  return held.map(({ port }) => port);
}

function hold(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
}
