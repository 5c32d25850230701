import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type Socket } from 'node:net';
import type { RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { listening, serve, until, type CountingServer } from '../test/support/image-server.js';
import { selfSigned } from '../test/support/self-signed.js';
import { createSafeFetch, type FetchLimits } from './safe-fetch.js';

const servers: CountingServer[] = [];
const kept = async (server: Promise<CountingServer>): Promise<CountingServer> => {
  servers.push(await server);
  return server;
};
const sockets = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
let socketsBefore = 0;
beforeAll(() => (socketsBefore = sockets()));
afterEach(async () => {
  // whatever happened: no connection is left on either side
  await until(() => servers.every(({ open }) => open === 0), 'all connections closed');
  await until(() => sockets() <= socketsBefore, 'no socket left');
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const limits: FetchLimits = { totalMs: 2_000, connectMs: 500, idleMs: 300, redirects: 3 };
const open = (...hosts: string[]) => createSafeFetch({ allow: hosts, limits });
const readAll = async ({ body }: { body: AsyncIterable<Buffer> }): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
};
const request = { maxBytes: 100_000, signal: new AbortController().signal };
/** A server of bare bytes; it reads, and so it notices who goes. */
const tcp = (answer: (socket: Socket) => void = () => undefined): Promise<CountingServer> =>
  kept(listening(createTcpServer((socket) => answer(socket.resume()))));
/** What comes of asking a server that answers like this. */
async function ask(answer: RequestListener): Promise<Buffer> {
  const server = await kept(serve(answer));
  return open(server.host)(`${server.origin}/a.jpg?sig=secret`, request, readAll);
}
const fault = (name: string, retryable: boolean, message = /./) =>
  expect.objectContaining({ fault: name, retryable, message: expect.stringMatching(message) });

it('gives the bytes and the type, and sends nothing but what it must', async () => {
  let seen: Record<string, unknown> = {};
  const server = await kept(
    serve(({ headers, url, method }, response) => {
      seen = { ...headers, url, method };
      response.setHeader('Content-Type', 'Image/JPEG; charset=x').setHeader('Set-Cookie', 'a=b').end('bytes');
    }),
  );
  const fetchUrl = open(server.host);
  for (let time = 0; time < 2; time += 1)
    expect(
      await fetchUrl(`${server.origin}/a.jpg?sig=x`, request, async (fetched) => [
        fetched.type,
        (await readAll(fetched)).toString(),
      ]),
    ).toEqual(['image/jpeg', 'bytes']);
  expect(seen).toEqual({
    ...{ host: server.host, url: '/a.jpg?sig=x', method: 'GET', connection: 'close' },
    ...{ 'accept-encoding': 'identity', 'user-agent': expect.stringContaining('image2model') },
    accept: expect.stringContaining('image/webp'),
  });
});

it.each([
  [404, 'not_found', false],
  [410, 'not_found', false],
  [401, 'denied', false],
  [403, 'denied', false],
  [204, 'refused', false],
  [206, 'refused', false],
  [304, 'refused', false],
  [302, 'refused', false], // without a location
  [400, 'refused', false],
  [451, 'refused', false],
  [408, 'server', true],
  [429, 'server', true],
  [500, 'server', true],
  [503, 'server', true],
  [599, 'server', true],
])('an answer of %d is %s', async (status, name, retryable) => {
  await expect(ask((_request, response) => response.writeHead(status).end())).rejects.toEqual(
    fault(name, retryable, new RegExp(`^host 127\\.0\\.0\\.1 answered ${status}`)),
  );
});

it('nobody at the port', async () => {
  const server = await serve(() => undefined);
  await server.close();
  await expect(open(server.host)(server.origin, request, readAll)).rejects.toEqual(fault('connection', true));
});

it('a server that accepts and says nothing', async () => {
  const server = await tcp();
  await expect(open(server.host)(server.origin, request, readAll)).rejects.toEqual(
    fault('timeout', true, /did not answer within 0\.3 s/),
  );
});

it('a server that hangs up', async () => {
  const server = await tcp((socket) => socket.end());
  await expect(open(server.host)(server.origin, request, readAll)).rejects.toEqual(fault('connection', true));
});

it('a body that falls silent', async () => {
  await expect(ask((_request, response) => void response.writeHead(200).write('beginning'))).rejects.toEqual(
    fault('timeout', true, /sent nothing for 0\.3 s/),
  );
});

it('a body that trickles for ever ends with the time limit', async () => {
  const startedAt = Date.now();
  const drip = ask((_request, response) => {
    const timer = setInterval(() => response.write('x'), 50);
    response.on('close', () => clearInterval(timer));
  });
  await expect(drip).rejects.toEqual(fault('timeout', true, /time limit/));
  expect(Date.now() - startedAt).toBeLessThan(4_000);
});

it('an endless body ends at the limit of bytes', async () => {
  let sent = 0;
  const endless = ask((_request, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536))) sent += 65_536;
    };
    response.on('drain', more);
    more();
  });
  await expect(endless).rejects.toEqual(fault('too_large', false, /more than 100000 bytes/));
  expect(sent).toBeLessThan(30_000_000);
});

it('a length that is too large is refused before the body', async () => {
  const refused = ask((_request, response) =>
    response.writeHead(200, { 'Content-Length': 100_001 }).flushHeaders(),
  );
  await expect(refused).rejects.toEqual(fault('too_large', false, /100001 bytes; the limit is 100000/));
});

it('a length that promises more than comes is a broken connection', async () => {
  const short = ask((_request, response) => {
    response.writeHead(200, { 'Content-Length': 50_000 }).write('beginning', () => response.destroy());
  });
  await expect(short).rejects.toEqual(fault('connection', true));
});

it('a length that promises less than comes is believed: the rest is not read', async () => {
  const server = await tcp((socket) =>
    socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n1234${'5'.repeat(1_000_000)}`),
  );
  const text = await open(server.host)(server.origin, request, readAll).catch((error: unknown) => error);
  expect(String(text)).toMatch(/^1234$|cannot be read/);
});

it.each(['gzip', 'br', 'x-unknown'])('a body encoded as %s is refused, not unpacked', async (encoding) => {
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  await expect(
    ask((_request, response) => response.writeHead(200, { 'Content-Encoding': encoding }).end(bomb)),
  ).rejects.toEqual(fault('encoded', false));
});

it('4 MB of headers', async () => {
  const server = await tcp((socket) =>
    socket.write(`HTTP/1.1 200 OK\r\n${`X-Header: ${'x'.repeat(4_000)}\r\n`.repeat(1_000)}\r\nbody`),
  );
  await expect(open(server.host)(server.origin, request, readAll)).rejects.toEqual(
    fault('bad_answer', false),
  );
});

it('something that is not HTTP', async () => {
  const server = await tcp((socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'));
  await expect(open(server.host)(server.origin, request, readAll)).rejects.toEqual(
    fault('bad_answer', false),
  );
});

it('follows three redirects and no fourth one', async () => {
  const seen: string[] = [];
  const chain: RequestListener = ({ url = '' }, response) => {
    seen.push(url);
    const left = Number(url.slice(1).split('?', 1)[0]);
    if (left > 0) response.writeHead(302, { location: `/${left - 1}` }).end('moved');
    else response.end('here');
  };
  const server = await kept(serve(chain));
  expect((await open(server.host)(`${server.origin}/3`, request, readAll)).toString()).toBe('here');
  expect(seen).toEqual(['/3', '/2', '/1', '/0']);
  await expect(open(server.host)(`${server.origin}/4`, request, readAll)).rejects.toEqual(
    fault('redirects', false, /more than 3 redirects/),
  );
});

it('a redirect to itself ends', async () => {
  let asked = 0;
  const loop = ask((_request, response) => {
    asked += 1;
    response.writeHead(301, { location: '/a.jpg' }).end();
  });
  await expect(loop).rejects.toEqual(fault('redirects', false));
  expect(asked).toBe(4);
});

it('a certificate that nobody vouches for', async () => {
  const server = await kept(
    listening(createHttpsServer(selfSigned(), (_request, response) => response.end('x'))),
  );
  await expect(open(server.host)(`https://${server.host}/`, request, readAll)).rejects.toEqual(
    fault('certificate', false),
  );
});

it('stops when it is told to, whatever it waits for', async () => {
  const reason = new Error('enough');
  const silent = await tcp();
  const stop = new AbortController();
  const waiting = open(silent.host)(silent.origin, { ...request, signal: stop.signal }, readAll);
  setTimeout(() => stop.abort(reason), 50);
  await expect(waiting).rejects.toBe(reason);

  const beginning = await kept(serve((_request, response) => void response.write('beginning')));
  const stopBody = new AbortController();
  const reading = open(beginning.host)(
    beginning.origin,
    { ...request, signal: stopBody.signal },
    async (fetched) => {
      setTimeout(() => stopBody.abort(reason), 50);
      return readAll(fetched);
    },
  );
  await expect(reading).rejects.toBe(reason);
  await expect(
    open(beginning.host)(beginning.origin, { ...request, signal: AbortSignal.abort(reason) }, readAll),
  ).rejects.toBe(reason);
});

it('leaves nothing open when its reader fails or does not read', async () => {
  const server = await kept(serve((_request, response) => void response.write('beginning')));
  const fetchUrl = open(server.host);
  await expect(
    fetchUrl(server.origin, request, () => Promise.reject(new Error('disk full'))),
  ).rejects.toThrow('disk full');
  await fetchUrl(server.origin, request, () => Promise.resolve());
});

it('never says what was answered or where it led', async () => {
  const server = await kept(
    serve((_request, response) =>
      response.writeHead(403, 'secret reason', { 'X-Secret': 'x' }).end('secret'),
    ),
  );
  const failure: unknown = await open(server.host)(`${server.origin}/?sig=secret`, request, readAll).catch(
    (error: unknown) => error,
  );
  expect(String(failure)).toBe('FetchError: host 127.0.0.1 answered 403');
});
