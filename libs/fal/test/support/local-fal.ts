import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A request as it arrived whole. */
export interface Arrived {
  method: string;
  /** `/HOST/path?query` */
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface LocalFal {
  readonly origin: string;
  /** heads of requests that arrived, whether their body did or not */
  readonly heads: string[];
  readonly arrived: Arrived[];
  readonly connections: number;
  /** What the next requests get; the last one stays. */
  answer(...answers: Answer[]): void;
  close(): Promise<void>;
}

export type Answer = (response: ServerResponse, request: Arrived, socket: Socket) => void;

/** JSON as fal answers it. */
export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response
      .writeHead(status, { 'Content-Type': 'application/json', ...headers })
      .end(JSON.stringify(body));

export const reset: Answer = (_response, _request, socket) => void socket.resetAndDestroy();
export const hang: Answer = () => undefined;
/** The head, half of the announced body, and the end of the connection. */
export const half =
  (status: number): Answer =>
  (response, _request, socket) => {
    response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': '200' });
    response.write('{"request_id": "r-1",', () => setTimeout(() => socket.destroy(), 20));
  };

/** An HTTP server on loopback in fal's place: it answers as it is told and keeps what arrived. */
export async function startLocalFal(): Promise<LocalFal> {
  let answers: Answer[] = [json(500, {})];
  let connections = 0;
  const heads: string[] = [];
  const arrived: Arrived[] = [];
  const server = createServer((request, response) => {
    heads.push(`${request.method} ${request.url}`);
    void readAll(request).then((body) => {
      const { method = '', url = '', headers } = request;
      const whole = { method, url, headers, body };
      arrived.push(whole);
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      answer?.(response, whole, request.socket);
    });
  });
  server.on('connection', () => (connections += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    heads,
    arrived,
    get connections() {
      return connections;
    },
    answer: (...next) => (answers = next),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readAll(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
