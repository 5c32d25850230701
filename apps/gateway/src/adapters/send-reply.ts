import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { ApiReply } from '../domain/route.js';
import type { OpenEventSink } from './event-sink.js';

/** Writes what a handler answered. Resolves when it is written, or when the client is gone. */
export async function sendReply(
  request: Request,
  response: Response,
  reply: ApiReply,
  openSink: OpenEventSink,
): Promise<void> {
  response.status(reply.status).set(reply.headers ?? {});
  if ('json' in reply) {
    response.type('json').end(JSON.stringify(reply.json));
  } else if ('bytes' in reply) {
    if (request.method === 'HEAD') {
      reply.bytes.destroy();
      response.end();
    } else await pipeline(reply.bytes, exactly(reply.headers?.['Content-Length']), response);
  } else if ('events' in reply) {
    if (request.method === 'HEAD') response.end();
    else response.flushHeaders();
    await reply.events(openSink(response));
    response.end();
  } else {
    response.end();
  }
}

/** Lets through just as many bytes as were announced: an answer of another length ends as broken. */
function exactly(announced: string | undefined) {
  return async function* (source: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array | string> {
    let sent = 0;
    for await (const chunk of source) {
      sent += Buffer.byteLength(chunk);
      if (announced !== undefined && sent > Number(announced)) break;
      yield chunk;
    }
    if (announced !== undefined && sent !== Number(announced))
      throw new Error(`announced ${announced} bytes, and there were ${sent === 0 ? 'none' : sent}`);
  };
}
