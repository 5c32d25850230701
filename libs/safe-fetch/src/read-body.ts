import type { IncomingMessage } from 'node:http';
import { FetchError } from './fetch-error.js';
import { asFetchError } from './open-hop.js';

/**
 * The body as it arrives, bounded whatever its head announced. Time that the reader takes for itself does not count
 * as silence of the server.
 * @throws FetchError too_large, timeout, connection
 */
export async function* readBody(
  response: IncomingMessage,
  {
    subject,
    maxBytes,
    idleMs,
    signal,
  }: { subject: string; maxBytes: number; idleMs: number; signal: AbortSignal },
): AsyncGenerator<Buffer> {
  const chunks: AsyncIterator<unknown> = response[Symbol.asyncIterator]();
  let bytes = 0;
  for (;;) {
    const silent = setTimeout(
      () => response.destroy(new FetchError('timeout', `${subject} sent nothing for ${idleMs / 1_000} s`)),
      idleMs,
    );
    let next: IteratorResult<unknown>;
    try {
      next = await chunks.next();
    } catch (error) {
      throw signal.aborted ? signal.reason : asFetchError(error, subject);
    } finally {
      clearTimeout(silent);
    }
    if (next.done === true) return;
    if (!Buffer.isBuffer(next.value)) throw new TypeError('a response gives buffers');
    bytes += next.value.length;
    if (bytes > maxBytes)
      throw new FetchError('too_large', `more than ${maxBytes} bytes, which is the limit`);
    yield next.value;
  }
}
