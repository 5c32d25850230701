import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from '../wait-for.js';

/** One request as it came. */
export interface ReceivedRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  text: string;
  receivedAtMs: number;
}

/** What to do with a request: a status, an answer, silence, or a cut connection. */
export type Reply =
  number | { status: number; headers?: Record<string, string>; delayMs?: number } | 'silence' | 'cut';

/** A small HTTP server in a spec: somebody's webhook. */
export interface Receiver {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** Scripts the answers; `index` counts from 0 over the receiver's whole life. 200 to everything at first. */
  reply(script: (request: ReceivedRequest, index: number) => Reply): void;
  /** Parsed bodies. */
  bodies(): unknown[];
  waitForRequests(count: number, timeoutMs?: number): Promise<readonly ReceivedRequest[]>;
  /** Refuses connections until `up()`; the port stays the same. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const requests: ReceivedRequest[] = [];
  let script: (request: ReceivedRequest, index: number) => Reply = () => 200;
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const request = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers,
        text: Buffer.concat(chunks).toString('utf8'),
        receivedAtMs: Date.now(),
      };
      requests.push(request);
      send(response, script(request, requests.length - 1));
    });
  });
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  const down = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    reply: (next) => {
      script = next;
    },
    bodies: () => requests.map(({ text }): unknown => JSON.parse(text)),
    waitForRequests: (count, timeoutMs = 10_000) =>
      waitFor(() => requests.length >= count && requests, {
        timeoutMs,
        everyMs: 20,
        what: `${count} requests`,
      }),
    down,
    up: () => listen(server, port),
    close: down,
  };
}

function send(response: ServerResponse, reply: Reply): void {
  if (reply === 'silence') return;
  if (reply === 'cut') return void response.destroy();
  const { status, headers = {}, delayMs = 0 } = typeof reply === 'number' ? { status: reply } : reply;
  setTimeout(() => response.writeHead(status, headers).end(), delayMs);
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
