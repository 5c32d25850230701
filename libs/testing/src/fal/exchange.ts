import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { HttpAnswer } from './http-answer.js';

const mostBodyBytes = 128 * 1024 * 1024;

/** One request and its answer, with the ways in which an answer can go wrong. */
export class Exchange {
  readonly method: string;
  /** Without the query, decoded nowhere. */
  readonly path: string;
  readonly query: URLSearchParams;

  constructor(
    readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly closing: AbortSignal,
  ) {
    const url = new URL(`http://stand-in${request.url ?? '/'}`);
    this.method = request.method ?? 'GET';
    this.path = url.pathname;
    this.query = url.searchParams;
  }

  get authorization(): string | undefined {
    return this.request.headers.authorization;
  }

  async bytes(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of this.request) {
      if (!Buffer.isBuffer(chunk)) continue;
      size += chunk.length;
      if (size > mostBodyBytes) throw new HttpAnswer(413, { detail: 'Request body too large' });
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  /** @throws HttpAnswer 400 when the body is no JSON */
  async json(): Promise<unknown> {
    try {
      return JSON.parse((await this.bytes()).toString('utf8')) as unknown;
    } catch (error) {
      if (error instanceof HttpAnswer) throw error;
      throw new HttpAnswer(400, { detail: 'Invalid JSON body' });
    }
  }

  send(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void {
    this.sendBytes(status, Buffer.from(JSON.stringify(body)), {
      'content-type': 'application/json',
      ...headers,
    });
  }

  sendBytes(status: number, bytes: Uint8Array, headers: Readonly<Record<string, string>>): void {
    if (this.response.destroyed || this.response.headersSent) return;
    this.response.writeHead(status, { ...headers, 'content-length': bytes.length });
    this.response.end(bytes);
  }

  /** The head promises all of it, half of it comes, and the connection breaks. */
  sendHalf(status: number, bytes: Uint8Array, headers: Readonly<Record<string, string>>): void {
    this.response.writeHead(status, { ...headers, 'content-length': bytes.length });
    this.response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => this.request.socket.destroy());
  }

  /** A TCP reset, not an orderly end. */
  reset(): void {
    this.request.socket.resetAndDestroy();
  }

  /** Nothing is ever answered; the client gives up, or the server closes. */
  hang(): void {
    this.request.resume();
  }

  /** Ends early when the server closes. */
  async wait(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.closing }).catch(() => undefined);
  }
}
