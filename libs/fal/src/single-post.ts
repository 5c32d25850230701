import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';

/** What came of one POST. */
export type PostEnd =
  | { end: 'answer'; status: number; headers: http.IncomingHttpHeaders; text: string }
  /** `sent`: false proves that not a byte of the request left, true that it may have arrived */
  | { end: 'lost'; sent: boolean; error: unknown };

export interface SinglePost {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  limitMs: number;
}

const mostAnswerBytes = 1024 * 1024;

/**
 * Sends one POST on a connection of its own and nothing else. Not by fetch, which sends again on a 421 and keeps
 * connections on which a reset cannot be told from one before the request.
 * @throws TypeError before anything is sent, for a URL or a header that cannot be written
 */
export function singlePost({ url, headers, body, limitMs }: SinglePost): Promise<PostEnd> {
  return new Promise((resolve) => {
    let sent = false;
    const secure = url.startsWith('https:');
    const open = secure ? https.request : http.request;
    const options = {
      method: 'POST',
      agent: false,
      headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
    };
    const finish = (end: PostEnd): void => {
      clearTimeout(late);
      resolve(end);
      request.destroy();
    };
    const request = open(url, options, (response) => {
      const { statusCode: status = 0, headers: answered } = response;
      // the head alone tells much: whoever reads an answer without its body finds it unclear
      readAnswer(response)
        .catch(() => '')
        .then((text) => finish({ end: 'answer', status, headers: answered, text }))
        .catch(() => undefined);
    });
    // before the handshake is over the request waits in this process
    request.once('socket', (socket: Socket) => {
      socket.once(secure ? 'secureConnect' : 'connect', () => (sent = true));
    });
    request.on('error', (error) => finish({ end: 'lost', sent, error }));
    request.on('upgrade', () =>
      finish({ end: 'lost', sent, error: new Error('the connection was upgraded') }),
    );
    const late = setTimeout(() => request.destroy(new Error('no answer in time')), limitMs);
    request.end(body);
  });
}

async function readAnswer(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    const piece: unknown = chunk;
    if (!Buffer.isBuffer(piece)) throw new TypeError('a response gives buffers');
    bytes += piece.length;
    if (bytes > mostAnswerBytes) throw new Error('the answer is too long');
    chunks.push(piece);
  }
  return Buffer.concat(chunks).toString('utf8');
}
