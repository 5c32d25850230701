import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connectProgress, type Progress } from '@image2model/progress';
import {
  closingAfterAll,
  photo,
  rawRedis,
  startSystem,
  waitFor,
  watchEvents,
  type BatchView,
  type System,
} from '@image2model/testing';
import { askFor, makeExpired, openShop, probe, quantile, tempt } from './support/clean-up.js';

const logger = { warn: () => undefined, error: () => undefined };
const storedBatches = (system: System): Promise<string[]> =>
  readdir(join(system.storageDir, 'batches')).catch(() => []);
const connect = (system: System): Promise<Progress> => connectProgress({ url: system.redisUrl, logger });

describe('clean-up of expired batches, by two maintenance workers', () => {
  const closing = closingAfterAll();
  const count = Number(process.env['CLEAN_UP_BATCHES'] ?? 3_000);

  test('is fast, leaves nothing, and nobody else waits for Redis', async () => {
    const system = closing(
      await startSystem({
        services: ['maintenance-worker'],
        replicas: { 'maintenance-worker': 2 },
        env: { CLEAN_UP_SCHEDULE: 'off' },
      }),
    );
    const redis = rawRedis(system.redisUrl);
    const progress = closing(await connect(system));
    await makeExpired(progress, system.storageDir, count);
    expect(await storedBatches(system)).toHaveLength(count);

    const others = closing(await connect(system));
    const before = probe(others);
    await pause(1_000); // what is measured is a time
    const quiet = await before.stop();
    const prober = probe(others);
    const from = performance.now();
    await askFor(system, 'clean-up');
    const isOver = async (): Promise<boolean> =>
      Number(await redis('ZCARD', 'i2m:expiry')) === 0 && (await storedBatches(system)).length === 0;
    await waitFor(isOver, { timeoutMs: 110_000, everyMs: 200, what: 'nothing left of them' });
    const perSecond = count / ((performance.now() - from) / 1_000);
    const tookMs = await prober.stop();
    const p99 = quantile(tookMs, 0.99);
    process.stdout.write(
      `clean-up: ${perSecond.toFixed(0)} batches/s; ${tookMs.length} other calls of Redis meanwhile: ` +
        `p50 ${quantile(tookMs, 0.5).toFixed(1)} ms, p99 ${p99.toFixed(1)} ms (before it: ${quantile(quiet, 0.99).toFixed(1)} ms)\n`,
    );
    await waitFor(async () => (await progress.deletions.overdue(1)).length === 0, { what: 'all erased' });
    const script =
      "local n = 0 for _, k in ipairs(redis.call('KEYS', 'i2m:{bat_*')) do if k:sub(-2) ~= ':x' then n = n + 1 end end return n";
    // a batch's keys go after its files
    await waitFor(async () => Number(await redis('EVAL', script, 0)) === 0, {
      what: 'no key of a batch left',
    });
    for (const index of ['i2m:ended', 'i2m:tenant:t:batches'])
      expect(Number(await redis('ZCARD', index))).toBe(0);
    // generous: how busy the machine is with other things shows in what the same calls took before it
    expect(perSecond).toBeGreaterThan(50);
    expect(p99).toBeLessThan(50 + 3 * quantile(quiet, 0.99));
  });
});

describe('200 batches while clean-up and emergency clean-up run every second with the mark at 0 %', () => {
  const closing = closingAfterAll();
  const noopBatches = 196;
  const createdAtOnce = 14;
  const heldOpen = 4;

  async function accepted({ client }: System, batch: Record<string, unknown>): Promise<{ id: string }> {
    const headers = { 'content-type': 'application/json' };
    const answer = await client.request('POST', '/v1/batches', { body: JSON.stringify(batch), headers });
    expect(answer.status).toBe(202);
    return answer.body as { id: string };
  }

  async function downloadable(system: System, { id }: { id: string }): Promise<void> {
    const { status, body, headers } = await system.client.request('GET', `/v1/batches/${id}/files/0/model`);
    expect(status).toBe(200);
    if (!Buffer.isBuffer(body)) throw new TypeError('the model is not bytes');
    expect(headers.get('etag')).toContain(createHash('sha256').update(body).digest('hex'));
    expect((await system.client.request('GET', `/v1/batches/${id}/audit`)).body).toMatchObject({ ok: true });
  }

  test('no file and no key of a live batch is touched; what ended goes', async () => {
    const shop = closing(await openShop(await photo({ width: 96, height: 96 })));
    const system = closing(
      await startSystem({
        replicas: { 'maintenance-worker': 2 },
        env: {
          CLEAN_UP_SCHEDULE: '1s',
          EMERGENCY_CLEAN_UP_SCHEDULE: '1s',
          CLEAN_UP_TARGET_PERCENT: '0',
          I2M_NOOP_MS: '20',
          SOURCE_ALLOW_HOSTS: new URL(shop.origin).host,
        },
      }),
    );
    const watcher = await watchEvents(system.amqpUrl);
    const progress = closing(await connect(system));
    const { client } = system;
    // their first models are there while they live: the best bait
    const images = ['photo', 'late'].map((name) => ({ url: `${shop.origin}/${name}.jpg` }));
    const held = await Promise.all(
      Array.from({ length: heldOpen }, () =>
        accepted(system, { images, provider: 'embedded', settings: { face_limit: 500 } }),
      ),
    );
    const temptation = closing(
      tempt(
        system,
        held.map(({ id }) => id),
      ),
    );
    const running: BatchView[] = [];
    for (let n = 0; n < noopBatches; n += createdAtOnce)
      running.push(
        ...(await Promise.all(
          Array.from({ length: createdAtOnce }, (_, more) => client.createNoopBatch(1 + ((n + more) % 30))),
        )),
      );

    const totals = new Map(running.map(({ id, total_files }) => [id, total_files]));
    await waitFor(() => watcher.of('batch.completed').length >= noopBatches, {
      ...{ timeoutMs: 60_000, what: 'all completions' },
    });
    await Promise.all(
      held.map(({ id }) =>
        waitFor(async () => (await client.getBatch(id)).counts.completed === 1, {
          ...{ timeoutMs: 60_000, what: `the model of ${id}` },
        }),
      ),
    );
    const runs = async (): Promise<number[]> =>
      (await progress.schedules.list()).flatMap(({ job, lastRun }) =>
        job.endsWith('clean-up') && lastRun !== null ? [lastRun.atMs] : [],
      );
    const before = await runs();
    expect(before).toHaveLength(2);
    await waitFor(async () => (await runs()).every((atMs, n) => atMs > (before[n] ?? 0) + 1_500), {
      what: 'two more runs of both',
    });
    await temptation.close();
    for (const batch of held) await downloadable(system, batch);
    for (const { id } of held) totals.set(id, images.length);
    shop.letGo();
    await waitFor(() => watcher.of('batch.completed').length >= totals.size, {
      ...{ timeoutMs: 90_000, what: 'the rest' },
    });
    const ends = watcher.of('batch.completed');
    expect(new Set(ends.map(({ batchId }) => batchId)).size).toBe(200);
    for (const { batchId = '', payload } of ends)
      expect({ batchId, ...payload }).toMatchObject({ status: 'completed', completed: totals.get(batchId) });

    await waitFor(async () => (await storedBatches(system)).length === 0, { what: 'everything freed' });
    expect((await client.request('GET', `/v1/batches/${held[0]?.id}`)).status).toBe(404);
    await watcher.close();
  });
});
