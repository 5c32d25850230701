import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { postUrlFault } from './post-url.js';
import { createSafePost } from './safe-post.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});
async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
const never = new AbortController().signal;
const request = { body: '{"a":1}', headers: { 'content-type': 'application/json' }, signal: never };

describe('a post to an allowed host', () => {
  it('sends body and headers, and gives the status whatever it is', async () => {
    const seen: string[] = [];
    const port = await serve((incoming, response) => {
      incoming.on('data', (chunk: Buffer) =>
        seen.push(`${incoming.method} ${incoming.headers['content-type']} ${chunk}`),
      );
      incoming.on('end', () => response.writeHead(503).end('x'.repeat(200_000)));
    });
    const post = createSafePost({ allow: [`127.0.0.1:${port}`] });
    expect(await post(`http://127.0.0.1:${port}/hook`, request)).toBe(503);
    expect(seen).toEqual(['POST application/json {"a":1}']);
  });

  it('does not follow redirects', async () => {
    let hits = 0;
    const port = await serve((_, response) => {
      hits += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    const post = createSafePost({ allow: [`127.0.0.1:${port}`] });
    expect(await post(`http://127.0.0.1:${port}/`, request)).toBe(302);
    expect(hits).toBe(1);
  });

  it('ends after its time, and counts an answer whose body never ends', async () => {
    const silent = await serve(() => undefined);
    const drips = await serve((_, response) => void response.writeHead(200).write('x'));
    const post = createSafePost({ allow: [`127.0.0.1:${silent}`, `127.0.0.1:${drips}`], totalMs: 300 });
    await expect(post(`http://127.0.0.1:${silent}/`, request)).rejects.toMatchObject({ fault: 'timeout' });
    expect(await post(`http://127.0.0.1:${drips}/`, request)).toBe(200);
  });
});

describe('whatever is not public is refused', () => {
  it('when a name leads there, the second time it is asked too', async () => {
    let asked = 0;
    const answers = ['127.0.0.1', '10.0.0.1', '169.254.169.254'];
    const resolve = async () => [{ address: answers[asked++ % 3] ?? '', family: 4 }];
    const post = createSafePost({ resolve });
    for (let turn = 0; turn < 3; turn += 1)
      await expect(post('http://rebinds.example/', request)).rejects.toMatchObject({ fault: 'forbidden' });
    expect(asked).toBe(3);
  });

  it('dials the addresses that it checked, and asks no second time', async () => {
    const port = await serve((_, response) => response.end());
    let asked = 0;
    // the second answer would lead inside; the name is allowed nowhere
    const resolve = async () => [{ address: asked++ === 0 ? '192.0.2.1' : '127.0.0.1', family: 4 }];
    const post = createSafePost({ resolve, totalMs: 200 });
    await expect(post('http://rebinds.example:8080/', request)).rejects.toThrow();
    expect(asked).toBe(1);
    expect(port).toBeGreaterThan(0);
  });
});

describe('postUrlFault', () => {
  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://017700000001/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://localhost/',
    'http://a.localhost./',
    'http://10.1.2.3/',
    'http://169.254.169.254/latest',
    'http://[fd00::1]/',
    'http://0.0.0.0/',
    'ftp://example.com/',
    'https://user:pw@example.com/',
    'https://example.com:22/',
    'not a url',
  ])('refuses %s', (url) => {
    expect(postUrlFault(url, [])).not.toBeNull();
  });

  it('takes public ones, and those that an operator allowed', () => {
    expect(postUrlFault('https://example.com/hook?token=1', [])).toBeNull();
    expect(postUrlFault('https://example.com:8443/', [])).toBeNull();
    expect(postUrlFault('http://127.0.0.1:1234/', ['127.0.0.1:1234'])).toBeNull();
    expect(postUrlFault('http://127.0.0.1:1235/', ['127.0.0.1:1234'])).not.toBeNull();
  });
});
