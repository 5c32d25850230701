import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createServer, type Server } from 'node:net';

/** Below the range that systems use for outgoing connections, so that a free port stays free until it is taken. */
const range = { from: 20_000, to: 32_000 };
/** Longer than a server takes from being given its port until it listens. */
const reservedForMs = 120_000;

/**
 * Different free ports on loopback, given to nobody else on this machine for two minutes: servers that start at the same
 * time, of this process or of others, do not meet.
 */
export async function freePorts(count: number): Promise<number[]> {
  const held = new Map<number, Server>();
  while (held.size < count) {
    const port = randomInt(range.from, range.to);
    const server = await hold(port);
    if (server === undefined) continue;
    if (await reserve(port)) held.set(port, server);
    else await release(server);
  }
  await Promise.all([...held.values()].map(release));
  return [...held.keys()];
}

function hold(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
}

const release = (server: Server): Promise<unknown> => new Promise((resolve) => server.close(resolve));

/**
 * The UDP port of the same number, which none of our servers uses, is the mark that other processes see and that the
 * system removes with this one. The set-up tools mark theirs in the same way (tools/dev/processes/free-ports.mjs).
 */
function reserve(port: number): Promise<boolean> {
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
