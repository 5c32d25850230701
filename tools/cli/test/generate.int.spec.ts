import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  closingAfterAll,
  defaultFalKey,
  photo,
  startFalStandIn,
  startSystem,
  type FalStandIn,
  type System,
} from '@image2model/testing';
import { z } from 'zod';
import { i2m, said, startI2m, type Ended } from './support/run-i2m';

const resultSchema = z.object({
  batches: z.array(z.string()),
  skipped: z.array(z.object({ source: z.string(), reason: z.string() })),
  files: z.array(
    z.object({
      source: z.string(),
      path: z.string().nullable(),
      status: z.string(),
      batch_id: z.string().nullable(),
      idx: z.number(),
      attempts: z.number(),
      error: z.object({ code: z.string() }).nullable(),
    }),
  ),
});
const resultOf = ({ stdout }: Ended): z.output<typeof resultSchema> => resultSchema.parse(JSON.parse(stdout));

describe('i2m generate', () => {
  const closing = closingAfterAll();
  let system: System;
  let fal: FalStandIn;
  let images: { server: Server; url: string };
  let home: string;
  let serve = false;
  let asked = 0;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'i2m-cli-'));
    closing({ close: () => rm(home, { recursive: true, force: true }) });
    const image = await photo({ seed: 99, width: 96, height: 72 });
    const server = createServer((_request, response) => {
      asked += 1;
      if (serve) response.end(image);
      else response.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    closing(server);
    await once(server, 'listening');
    images = { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    fal = closing(await startFalStandIn({ concurrency: 4, faces: 60, duration: { kind: 'fixed', ms: 500 } }));
    system = closing(
      await startSystem({
        env: (gatewayUrl) => ({
          FAL_KEY: defaultFalKey,
          FAL_ORIGIN: fal.origin,
          FAL_CONCURRENCY: '4',
          I2M_PUBLIC_URL: gatewayUrl,
          SOURCE_ALLOW_HOSTS: new URL(images.url).host,
        }),
      }),
    );
  });

  /** A folder of photos, all different. */
  const photos = async (folder: string, count: number, firstSeed = 1): Promise<string> => {
    const dir = join(home, folder);
    await mkdir(dir, { recursive: true });
    for (let n = 0; n < count; n += 1)
      await writeFile(
        join(dir, `photo-${n}.jpg`),
        await photo({ seed: firstSeed + n, width: 96, height: 72 }),
      );
    return dir;
  };
  const env = (): Record<string, string> => ({ I2M_URL: system.gatewayUrl, I2M_API_KEY: system.apiKey });
  const generate = (dir: string, out: string, ...more: string[]): string[] => [
    'generate',
    dir,
    '--out',
    out,
    '--face-limit',
    '400',
    '--json',
    ...more,
  ];
  const batchesOf = async (name: string): Promise<string[]> => {
    const { body } = await system.client.request('GET', '/v1/batches?limit=1000');
    const { data } = z
      .object({ data: z.array(z.object({ id: z.string(), name: z.string().nullable() })) })
      .parse(body);
    return data.filter((batch) => batch.name === name).map(({ id }) => id);
  };
  /** Every photo has its model, made by one attempt of one batch. */
  const expectEachOnce = async (ended: Ended, out: string, count: number, name: string): Promise<void> => {
    expect(ended).toMatchObject({ code: 0 });
    const { files, batches } = resultOf(ended);
    expect(files).toHaveLength(count);
    expect(new Set(files.map(({ path }) => path)).size).toBe(count);
    for (const { path } of files) {
      const glb = await readFile(join(out, path ?? 'no model'));
      expect(glb.subarray(0, 4).toString()).toBe('glTF');
    }
    expect(await batchesOf(name)).toEqual(batches);
    const made = (await Promise.all(batches.map((id) => system.client.listFiles(id)))).flat();
    const bought = fal
      .ledger()
      .filter(({ image_url }) => batches.some((id) => image_url?.includes(id.slice('bat_'.length))));
    expect(bought).toHaveLength(count);
    expect(made.map(({ status, attempts }) => [status, attempts])).toEqual(
      Array.from({ length: count }, () => ['completed', 1]),
    );
  };

  test.each(['SIGINT', 'SIGKILL'] as const)(
    'interrupted half-way by %s and run again: finishes, each file generated once',
    async (signal) => {
      const name = `half-${signal}`;
      const dir = await photos(name, 10);
      const out = join(home, `${name}-out`);
      const first = startI2m(generate(dir, out, '--priority', 'high'), { env: env() });
      await said(first, /sent 10 photos/);
      const [id = ''] = await batchesOf(name);
      while ((await system.client.getBatch(id)).counts.completed < 5);
      first.kill(signal);
      const interrupted = await first.ended;
      if (signal === 'SIGINT') {
        expect(interrupted.code).toBe(130);
        expect(resultOf(interrupted).batches).toEqual([id]);
      }
      const second = await i2m(generate(dir, out, '--priority', 'high'), { env: env() });
      await expectEachOnce(second, out, 10, name);
      const manifest = z
        .object({ files: z.array(z.unknown()) })
        .parse(JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8')));
      expect(manifest.files).toHaveLength(10);
    },
  );

  test('an answer that was lost is asked for again with the same key', async () => {
    const dir = await photos('lost', 3);
    const out = join(home, 'lost-out');
    const first = await i2m(generate(dir, out, '--detach'), { env: env() });
    expect(first.code).toBe(0);
    // as a run leaves it that was killed between the request and its answer
    const stateFile = join(out, '.i2m/state.json');
    const state = JSON.parse(await readFile(stateFile, 'utf8'));
    state.sends[0].batch_id = null;
    await writeFile(stateFile, JSON.stringify(state));
    const second = await i2m(generate(dir, out), { env: env() });
    await expectEachOnce(second, out, 3, 'lost');
  });

  test('a later run sends only what is new or changed, and fetches only what is missing', async () => {
    const dir = await photos('grows', 3);
    const out = join(home, 'grows-out');
    expect(await i2m(generate(dir, out), { env: env() })).toMatchObject({ code: 0 });
    await rm(join(out, 'photo-1.glb'));
    await rename(join(dir, 'photo-2.jpg'), join(dir, 'renamed.jpg'));
    await writeFile(join(dir, 'photo-0.jpg'), await photo({ seed: 77, width: 96, height: 72 }));
    await writeFile(join(dir, 'new.jpg'), await photo({ seed: 78, width: 96, height: 72 }));
    await writeFile(join(dir, 'no-photo.jpg'), 'this is text');
    const second = await i2m(generate(dir, out), { env: env() });
    expect(second.code).toBe(0);
    const { files, skipped } = resultOf(second);
    expect(skipped).toEqual([
      { source: join(dir, 'no-photo.jpg'), reason: expect.stringContaining('is not an image') },
    ]);
    expect(files.map(({ path }) => path).sort()).toEqual([
      'new.glb',
      'photo-0.glb',
      'photo-1.glb',
      'photo-2.glb',
    ]);
    const sent = await Promise.all((await batchesOf('grows')).map((id) => system.client.getBatch(id)));
    expect(sent.map(({ total_files }) => total_files).sort()).toEqual([2, 3]);
    expect((await readFile(join(out, 'photo-1.glb'))).length).toBeGreaterThan(100);

    const other = await i2m(['generate', dir, '--out', out, '--face-limit', '500'], { env: env() });
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('other settings') });
  });

  test('failed files are tried again with --retry-failed only', async () => {
    const list = join(home, 'urls.txt');
    await writeFile(list, `# two cups\n${images.url}/a.jpg cup a.jpg\n${images.url}/b.jpg\n`);
    const out = join(home, 'urls-out');
    const first = await i2m(generate(list, out), { env: env() });
    expect(first.code).toBe(1);
    expect(resultOf(first).files.map(({ status }) => status)).toEqual(['failed', 'failed']);
    const before = asked;
    expect((await i2m(generate(list, out), { env: env() })).code).toBe(1);
    expect(asked).toBe(before);
    serve = true;
    const third = await i2m(generate(list, out, '--retry-failed'), { env: env() });
    expect(third.code).toBe(0);
    expect(
      resultOf(third)
        .files.map(({ path }) => path)
        .sort(),
    ).toEqual(['b.glb', 'cup a.glb']);
    expect(await batchesOf('urls.txt')).toHaveLength(1);
  });

  test('two runs do not share a folder; nothing to send is wrong usage', async () => {
    const dir = await photos('shared', 1);
    const out = join(home, 'shared-out');
    await mkdir(join(out, '.i2m'), { recursive: true });
    const first = startI2m(generate(dir, out), { env: env() });
    await said(first, /sent 1 photo/);
    const second = await i2m(generate(dir, out), { env: env() });
    expect([0, 2]).toContain(second.code);
    if (second.code === 2) expect(second.stderr).toContain('Another run');
    await first.ended;
    const empty = join(home, 'empty');
    await mkdir(empty);
    expect(await i2m(generate(empty, out), { env: env() })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no photo'),
    });
  });
});
