import type { IncomingMessage } from 'node:http';
import { httpLimits } from '@image2model/contracts';
import { HttpProblem } from '../domain/http-problem.js';
import { parseJson } from '../domain/parse-json.js';

/** The JSON body of a request, bounded. @throws HttpProblem 400, 413, 415 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const limit = httpLimits.jsonBytes;
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limit) throw tooLarge(`${announced} bytes`);
  const chunks: Buffer[] = [];
  let bytes = 0;
  // the rest of a refused body is left to the HTTP server, so the stream is not destroyed
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const piece: unknown = chunk;
    if (!Buffer.isBuffer(piece)) throw new TypeError('a request gives buffers');
    bytes += piece.length;
    if (bytes > limit) throw tooLarge(`more than ${limit} bytes`);
    chunks.push(piece);
  }
  return parseJson(decoded(Buffer.concat(chunks)));
}

const tooLarge = (got: string): HttpProblem =>
  new HttpProblem(
    413,
    'payload_too_large',
    `A JSON body may have ${httpLimits.jsonBytes} bytes; got ${got}.`,
  );

function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new HttpProblem(400, 'invalid_json', 'The body is not UTF-8.', { cause });
  }
}
