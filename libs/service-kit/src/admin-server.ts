import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.js';
import type { Readiness } from './readiness.js';

export interface AdminServer {
  /** Origin of /livez, /readyz and /metrics. */
  readonly url: string;
  close(): Promise<void>;
}

export interface AdminServerOptions {
  host: string;
  /** 0 takes any free port. */
  port: number;
  readiness: Readiness;
  metrics: Metrics;
}

interface Answer {
  status: number;
  type: string;
  body: string;
}

/** The listener for probes and scrapers: never the port of the API. Liveness asks nobody else. */
export async function startAdminServer({
  host,
  port,
  readiness,
  metrics,
}: AdminServerOptions): Promise<AdminServer> {
  const routes: Record<string, () => Promise<Answer>> = {
    '/livez': async () => json(200, { status: 'alive' }),
    '/readyz': async () => {
      const { ready, failing } = await readiness.look();
      return ready ? json(200, { status: 'ready' }) : json(503, { status: 'unavailable', failing });
    },
    '/metrics': async () => ({ status: 200, type: metrics.contentType, body: await metrics.text() }),
  };
  const server = createServer((request, response) => void answer(routes, request, response));
  server.headersTimeout = 5_000;
  server.requestTimeout = 10_000;
  await listen(server, host, port);
  return { url: originOf(server, host), close: () => close(server) };
}

async function answer(
  routes: Record<string, () => Promise<Answer>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  const readable = request.method === 'GET' || request.method === 'HEAD';
  const { status, type, body } = await outcomeOf(route, readable);
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function outcomeOf(route: (() => Promise<Answer>) | undefined, readable: boolean): Promise<Answer> {
  if (route === undefined) return json(404, { status: 'unknown path' });
  if (!readable) return json(405, { status: 'GET or HEAD only' });
  return route().catch(() => json(500, { status: 'error' }));
}

const json = (status: number, body: unknown): Answer => ({
  status,
  type: 'application/json; charset=utf-8',
  body: `${JSON.stringify(body)}\n`,
});

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function originOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  const anywhere = host === '0.0.0.0' || host === '::';
  const name = anywhere ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
