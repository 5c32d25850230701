import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Server as TcpServer } from 'node:net';

/** A server on loopback that counts who connects. */
export interface CountingServer {
  readonly port: number;
  /** `127.0.0.1:port` */
  readonly host: string;
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  readonly connections: number;
  /** connections open now */
  readonly open: number;
  close(): Promise<void>;
}

/** @param server not listening yet @param everywhere on all addresses of this machine, of both families */
export async function listening(server: TcpServer, everywhere = false): Promise<CountingServer> {
  let connections = 0;
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
  });
  if (everywhere) server.listen(0);
  else server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    host: `127.0.0.1:${port}`,
    origin: `http://127.0.0.1:${port}`,
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

export const serve = (answer: RequestListener, everywhere = false): Promise<CountingServer> =>
  listening(withoutNagging(createServer(answer)), everywhere);

/** A test server waits for nothing and hides nothing. */
function withoutNagging(server: Server): Server {
  server.keepAliveTimeout = 0;
  return server;
}

/** Waits until it is so. @throws Error after 5 s */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + 5_000; !isSo();) {
    if (Date.now() > end) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
