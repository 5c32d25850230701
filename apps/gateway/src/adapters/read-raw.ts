import type { IncomingMessage } from 'node:http';
import { HttpProblem } from '../domain/http-problem.js';

/** The body of a request as it was sent, bounded. @throws HttpProblem 413 */
export async function readRaw(request: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > mostBytes) throw tooLarge(mostBytes, `${announced} bytes`);
  const chunks: Buffer[] = [];
  let bytes = 0;
  // the rest of a refused body is left to the HTTP server, so the stream is not destroyed
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const piece: unknown = chunk;
    if (!Buffer.isBuffer(piece)) throw new TypeError('a request gives buffers');
    bytes += piece.length;
    if (bytes > mostBytes) throw tooLarge(mostBytes, `more than ${mostBytes} bytes`);
    chunks.push(piece);
  }
  return Buffer.concat(chunks);
}

const tooLarge = (mostBytes: number, got: string): HttpProblem =>
  new HttpProblem(413, 'payload_too_large', `The body may have ${mostBytes} bytes; got ${got}.`);
