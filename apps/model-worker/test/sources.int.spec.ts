import { packUrls } from '@image2model/contracts';
import { storageKeys } from '@image2model/storage';
import { bombPng, closingAfterAll, disallowedImages, photo, waitFor } from '@image2model/testing';
import { openBench, type Bench } from './support/bench.js';
import { startImageServer, type ImageServer } from './support/image-server.js';

const closing = closingAfterAll();
const range = (count: number): number[] => Array.from({ length: count }, (_, idx) => idx);
let bench: Bench;
let server: ImageServer;
/** requests that the server answers at the same time */
let [atOnce, most] = [0, 0];
const images = new Map<string, Buffer>();
beforeAll(async () => {
  bench = closing(await openBench());
  const { gif, text, empty } = await disallowedImages();
  const good = await photo({ width: 64, height: 48 });
  const bad = {
    gif,
    text,
    empty,
    cut: good.subarray(0, 30),
    bomb: bombPng(),
    large: Buffer.alloc(2_000_000),
  };
  for (const [name, bytes] of Object.entries({ good, ...bad })) images.set(`/${name}`, bytes);
  server = closing(
    await startImageServer(({ url = '' }, response) => {
      const path = url.split('?', 1)[0] ?? '';
      const image = images.get(path);
      if (path === '/inside') response.writeHead(302, { location: 'http://127.0.0.1/' }).end();
      else if (path === '/moved') response.writeHead(302, { location: '/good' }).end();
      else if (path === '/broken') response.writeHead(500).end();
      else if (path === '/hidden') response.writeHead(403).end();
      else if (image === undefined) response.writeHead(404).end();
      else {
        most = Math.max(most, (atOnce += 1));
        response.on('close', () => (atOnce -= 1));
        setTimeout(() => response.setHeader('Content-Type', 'text/plain').end(image), 10);
      }
    }),
  );
});
const env = (more: Record<string, string> = {}): Record<string, string> => ({
  SOURCE_ALLOW_HOSTS: server.host,
  I2M_MAX_IMAGE_MB: '1',
  I2M_NOOP_MS: '0',
  ...more,
});

/** A batch as the gateway leaves it in storage. */
async function batchOf(urls: readonly string[], publish = true): Promise<string> {
  const id = await bench.newBatch({ total: urls.length, fanOut: false });
  await bench.storage.write(storageKeys.urls(id), packUrls(urls));
  if (publish) for (const idx of urls.keys()) await bench.publish(id, idx);
  return id;
}
const timesAsked = (path: string): number =>
  server.asked.filter((url) => url.split('?', 1)[0] === path).length;

test('images are fetched and judged like uploads; a bad one fails alone, and says why', async () => {
  const worker = await bench.start(env({ WORKER_CONCURRENCY: '16' }));
  const bad: readonly (readonly [path: string, code: string, message: RegExp])[] = [
    ['/gone', 'input.url_not_found', /^host 127\.0\.0\.1 answered 404$/],
    ['/hidden', 'input.url_denied', /answered 403/],
    ['/inside', 'input.url_forbidden', /^a redirect of host 127\.0\.0\.1 is a loopback address$/],
    ['/gif', 'input.unsupported_format', /GIF/],
    ['/text', 'input.unsupported_format', /text/],
    ['/empty', 'input.empty', /0 bytes/],
    ['/cut', 'input.truncated', /too early/],
    ['/bomb', 'input.too_many_pixels', /60 megapixels/],
    ['/large', 'input.too_large', /2000000 bytes; the limit is 1048576/],
  ];
  const paths = [...range(50).map((n) => (n % 10 === 0 ? '/moved' : '/good')), ...bad.map(([path]) => path)];
  const id = await batchOf(paths.map((path, n) => `${server.origin}${path}?sig=secret${n}`));
  await bench.waitForState(id, 'partial');
  expect((await bench.batch(id)).counts).toMatchObject({ completed: 50, failed: bad.length });
  for (const [n, [, code, message]] of bad.entries())
    expect(await bench.file(id, 50 + n)).toMatchObject({
      attempts: 1,
      error: { code, message: expect.stringMatching(message), retryable: false },
    });
  expect(most).toBe(4);
  // the whole URL was asked, and no log shows what it was signed with
  expect(server.asked).toContain('/good?sig=secret1');
  expect(worker.output()).not.toContain('secret');
  // of a bad image nothing stays
  expect(await bench.storage.stat(storageKeys.source(id, 49))).not.toBeNull();
  for (const n of bad.keys()) expect(await bench.storage.stat(storageKeys.source(id, 50 + n))).toBeNull();
  await worker.kill('SIGTERM');
});

test('what was fetched is not fetched again when the worker dies before its model is made', async () => {
  const before = timesAsked('/good');
  const slow = await bench.start(env({ I2M_NOOP_MS: '60000' }));
  const id = await batchOf([`${server.origin}/good`, `${server.origin}/good`]);
  await waitFor(
    async () =>
      (await Promise.all([0, 1].map((idx) => bench.storage.stat(storageKeys.source(id, idx))))).every(
        Boolean,
      ),
    { everyMs: 20, what: 'both images in storage' },
  );
  const other = await bench.start(env());
  await slow.kill('SIGKILL');
  expect(await bench.waitForState(id, 'completed')).toMatchObject({ counts: { completed: 2 } });
  expect(timesAsked('/good') - before).toBe(2);
  expect(await bench.file(id, 0)).toMatchObject({ attempts: 2 });
  await other.kill('SIGTERM');
});

test('what was stored by an attempt that died is judged before it is used', async () => {
  const worker = await bench.start(env());
  const before = server.asked.length;
  const id = await batchOf([`${server.origin}/good`], false);
  await bench.storage.write(storageKeys.source(id, 0), images.get('/gif') ?? Buffer.alloc(0));
  await bench.publish(id, 0);
  await bench.waitForState(id, 'failed');
  expect((await bench.file(id, 0)).error).toMatchObject({ code: 'input.unsupported_format' });
  expect(server.asked).toHaveLength(before);
  await worker.kill('SIGTERM');
});

test('a dead or broken server costs its files three tries, and the others nothing', async () => {
  const dead = await startImageServer(() => undefined);
  await dead.close();
  const worker = await bench.start(env({ SOURCE_ALLOW_HOSTS: `${server.host},${dead.host}` }));
  const id = await batchOf([`${server.origin}/good`, `${dead.origin}/a`, `${server.origin}/broken`]);
  for (const gen of [1, 2]) {
    for (const idx of [1, 2]) {
      await waitFor(
        async () => {
          const { waitingFor, attempts } = await bench.file(id, idx);
          return attempts === gen && waitingFor !== null;
        },
        { everyMs: 20, what: `file ${idx} parked after try ${gen}` },
      );
      expect((await bench.file(id, idx)).waitingFor).toMatchObject({
        code: 'retry_at',
        detail: expect.stringMatching(
          idx === 1 ? /^the connection to host .* failed; next/ : /answered 500; next/,
        ),
      });
      // the rung would give the same message a little later
      await bench.publish(id, idx, gen);
    }
  }
  await bench.waitForState(id, 'partial');
  expect(await bench.file(id, 0)).toMatchObject({ state: 'completed', attempts: 1 });
  expect(await bench.file(id, 1)).toMatchObject({ attempts: 3, error: { code: 'source.connection' } });
  expect(await bench.file(id, 2)).toMatchObject({ attempts: 3, error: { code: 'source.server' } });
  expect(timesAsked('/broken')).toBe(3);
  await worker.kill('SIGTERM');
});
