import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { httpLimits } from '@image2model/contracts';
import { HttpProblem, unavailable } from '../domain/http-problem.js';
import { parseJson } from '../domain/parse-json.js';
import { createSlots } from '../domain/slots.js';

const limit = httpLimits.jsonImagesBytes;
/** Bytes of all JSON bodies that are being read now: a body is parsed whole, so it is held whole. */
const mostHeld = 2 * limit;
let held = 0;
/** Parsed, a body takes several times its bytes: large ones have their turn until they are answered. */
const largeBytes = 1024 * 1024;
const turns = createSlots(1);

/** The JSON body of a request, bounded. @throws HttpProblem 400, 413, 415; 503 while others send too much */
export async function readJson(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limit) throw tooLarge(`${announced} bytes`);
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // the rest of a refused body is left to the HTTP server, so the stream is not destroyed
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      const piece: unknown = chunk;
      if (!Buffer.isBuffer(piece)) throw new TypeError('a request gives buffers');
      bytes += piece.length;
      held += piece.length;
      if (bytes > limit) throw tooLarge(`more than ${limit} bytes`);
      if (held > mostHeld) throw unavailable('Too many large requests arrive at once.', 2);
      chunks.push(piece);
    }
    if (bytes > largeBytes) await turn(response);
    return parseJson(decoded(Buffer.concat(chunks)));
  } finally {
    held -= bytes;
  }
}

/** Waits for a turn, which lasts until the request is answered. */
function turn(response: ServerResponse): Promise<void> {
  return new Promise((begin) => {
    void turns.run(async () => {
      begin();
      if (!response.closed) await once(response, 'close');
    });
  });
}

const tooLarge = (got: string): HttpProblem =>
  new HttpProblem(
    413,
    'payload_too_large',
    `A JSON body may have ${limit} bytes, ${httpLimits.jsonBytes} of them beside its images; got ${got}.`,
  );

function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new HttpProblem(400, 'invalid_json', 'The body is not UTF-8.', { cause });
  }
}
