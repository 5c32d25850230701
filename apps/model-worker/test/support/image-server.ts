import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Somebody's server with images, on loopback. */
export interface ImageServer {
  /** as SOURCE_ALLOW_HOSTS wants it */
  readonly host: string;
  readonly origin: string;
  /** what was asked for, with queries */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

export async function startImageServer(answer: RequestListener): Promise<ImageServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    origin: `http://${host}`,
    asked,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
