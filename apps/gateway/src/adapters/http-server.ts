import { randomUUID } from 'node:crypto';
import { createServer, STATUS_CODES, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Express } from 'express';
import { HttpProblem } from '../domain/http-problem.js';
import { problemBody } from './send-problem.js';

export interface HttpServer {
  /** Origin of the API, with the port that was taken. */
  readonly url: string;
  /** Requests that came since the start. */
  readonly requests: number;
  /** Accepts nothing new, lets running requests finish for at most `drainMs`, then cuts them off. */
  close(): Promise<void>;
}

interface ServerOptions {
  app: Express;
  host: string;
  port: number;
  /** how long one request may take to arrive */
  requestTimeoutMs: number;
  drainMs: number;
}

const idleTimeoutMs = 120_000;

/** The listener of the API. Slow and oversized requests are cut off before they cost anything. */
export async function startHttpServer({
  app,
  host,
  port,
  requestTimeoutMs,
  drainMs,
}: ServerOptions): Promise<HttpServer> {
  const server = createServer(
    {
      headersTimeout: 15_000,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: 5_000,
      connectionsCheckingInterval: 5_000,
      maxHeaderSize: 16 * 1024,
    },
    app,
  );
  // an upload or a download on which nothing moves; event streams have heartbeats
  server.setTimeout(idleTimeoutMs);
  server.on('clientError', refuseGarbage);
  let requests = 0;
  server.on('request', () => (requests += 1));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
  return {
    url: originOf(server, host),
    get requests() {
      return requests;
    },
    close: () => drain(server, drainMs),
  };
}

function originOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

async function drain(server: Server, drainMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const late = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearTimeout(late);
}

const statusOf: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** What is not HTTP never reaches the app; its answer has the form of all others. */
function refuseGarbage(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = statusOf[error.code ?? ''] ?? 400;
  const id = randomUUID();
  const problem = new HttpProblem(
    status,
    'invalid_http',
    'The request is not valid HTTP, too long or too slow.',
  );
  const body = JSON.stringify(problemBody(problem, id, '/'));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${id}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
