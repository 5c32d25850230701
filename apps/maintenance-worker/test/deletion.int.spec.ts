import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { connectProgress, type Progress } from '@image2model/progress';
import { createLogger } from '@image2model/service-kit';
import { openStorage, storageKeys, type Storage } from '@image2model/storage';
import {
  closingAfterAll,
  rawRedis,
  startSystem,
  waitFor,
  type RawRedis,
  type System,
} from '@image2model/testing';

/** An attempt hash for each file, as claims would have left them. */
const leaveAttempts = `for idx = ARGV[1], ARGV[2] - 1 do
  redis.call('HSET', 'i2m:{' .. KEYS[1] .. '}:a:' .. idx, 'token', 1, 'attempts', 1, 'out', 'X')
end`;

describe('erasing deleted batches, by two maintenance workers', () => {
  const closing = closingAfterAll();
  let system: System;
  let progress: Progress;
  let storage: Storage;
  let redis: RawRedis;

  beforeAll(async () => {
    system = closing(
      await startSystem({
        services: ['gateway', 'maintenance-worker'],
        replicas: { 'maintenance-worker': 2 },
        env: { DELETION_SWEEP_INTERVAL_S: '1' },
      }),
    );
    const logger = createLogger({ service: 'test', instance: 'spec', level: 'error' });
    progress = closing(await connectProgress({ url: system.redisUrl, logger }));
    storage = await openStorage(pathToFileURL(system.storageDir).href);
    redis = rawRedis(system.redisUrl);
  });

  /** A cancelled batch with an attempt of every file, the first of which have bytes in storage. */
  async function ended(total: number, stored: number): Promise<string> {
    const { id } = await system.client.createNoopBatch(total);
    for (let from = 0; from < total; from += 10_000)
      await redis('EVAL', leaveAttempts, 1, id, from, Math.min(total, from + 10_000));
    await progress.batches.requestCancel(id);
    while (!(await progress.settlements.cancelWaiting(id, 10_000)).done);
    await announced(id);
    for (let idx = 0; idx < stored; idx += 1)
      await storage.write(storageKeys.source(id, idx), Buffer.from(`source ${idx}`));
    return id;
  }
  async function announced(id: string): Promise<void> {
    for (const { eventId } of await progress.settlements.outbox(id))
      await progress.settlements.ackOutbox(id, eventId);
  }

  const batchesInStorage = () => readdir(join(system.storageDir, 'batches'));
  const keysOf = (id: string) => redis('KEYS', `i2m:{${id}}*`);
  const erased = (id: string) =>
    waitFor(async () => (await progress.deletions.tombstone(id))?.erased === true, {
      ...{ timeoutMs: 120_000, what: `${id} erased` },
    });
  async function expectNothingLeft(id: string): Promise<void> {
    expect(await keysOf(id)).toEqual([`i2m:{${id}}:x`]);
    expect(Number(await redis('PTTL', `i2m:{${id}}:x`))).toBeGreaterThan(23 * 3_600_000);
    expect(await batchesInStorage()).not.toContain(id);
  }
  const remove = (id: string) => system.client.request('DELETE', `/v1/batches/${id}`);

  it('removes files and keys after a DELETE, and counts them', async () => {
    const id = await ended(300, 20);
    const other = await ended(3, 2);
    expect((await remove(id)).status).toBe(204);
    await erased(id);
    await expectNothingLeft(id);
    expect(await batchesInStorage()).toContain(other);
    expect((await system.client.getBatch(other)).status).toBe('cancelled');
    const texts = (): Promise<string[]> =>
      Promise.all(
        system
          .processes('maintenance-worker')
          .map(async ({ adminUrl }) => (await fetch(`${adminUrl}/metrics`)).text()),
      );
    // counted after the tombstone says that it is done
    const counting = (pattern: RegExp) => async () =>
      (await texts()).filter((text) => pattern.test(text)).length === 1;
    await waitFor(counting(/cleanup_batches_total{job="delete"} 1/), { what: 'the count' });
    await waitFor(counting(/cleanup_bytes_total{job="delete"} [1-9]/), { what: 'the bytes' });
  });

  it('finds what was deleted without a task', async () => {
    const id = await ended(30, 3);
    expect(await progress.deletions.delete((await progress.batches.read(id))?.tenant ?? '', id)).toBe(
      'deleted',
    );
    await progress.deletions.remindIn(id, 0);
    await erased(id);
    await expectNothingLeft(id);
    await waitFor(() => system.logs().includes('asked again for the erasing of a deleted batch'));
  });

  it('leaves a batch alone whose deletion was refused, and forgets a tombstone whose time is over', async () => {
    const { id } = await system.client.createNoopBatch(1);
    await progress.deletions.remindIn(id, 0);
    const gone = await ended(3, 1);
    await remove(gone);
    await erased(gone);
    const lookAtMs = async (): Promise<number> => Number(await redis('ZSCORE', 'i2m:deletions', gone));
    await waitFor(async () => (await lookAtMs()) > Date.now() + 20 * 3_600_000, { what: 'its burial' });
    await storage.write(storageKeys.source(gone, 0), Buffer.from('too late'));
    await progress.deletions.remindIn(gone, 0);
    await waitFor(async () => (await redis('ZSCORE', 'i2m:deletions', id)) === null, { what: 'the sweep' });
    await waitFor(async () => (await redis('ZSCORE', 'i2m:deletions', gone)) === null, { what: 'the sweep' });
    expect((await system.client.getBatch(id)).status).toBe('queued');
    expect(await keysOf(gone)).toEqual([]);
    expect(await batchesInStorage()).not.toContain(gone);
    expect(await batchesInStorage()).toContain(id);
  });

  it('is finished by another process when one dies in the middle, at whatever moment', async () => {
    for (const [round, afterMs] of [0, 40, 120].entries()) {
      const id = await ended(20_000, 200);
      expect((await remove(id)).status).toBe(204);
      await pause(afterMs); // the moment is what is tried out
      await system.kill('maintenance-worker', round % 2);
      await erased(id);
      await expectNothingLeft(id);
      await system.restart('maintenance-worker', round % 2);
    }
  });

  it('erases a batch of 100,000 files while Redis goes on answering', async () => {
    const id = await ended(100_000, 100);
    await remove(id);
    let slowestMs = 0;
    let done = false;
    const probes = (async () => {
      while (!done) {
        const from = performance.now();
        await progress.fleet.ping();
        slowestMs = Math.max(slowestMs, performance.now() - from);
      }
    })();
    await erased(id);
    done = true;
    await probes;
    await expectNothingLeft(id);
    process.stdout.write(`the slowest answer of Redis meanwhile: ${slowestMs.toFixed(0)} ms\n`);
    expect(slowestMs).toBeLessThan(5_000);
  });
});
