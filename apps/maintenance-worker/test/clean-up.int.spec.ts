import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { newBatchId } from '@image2model/contracts';
import { storageKeys } from '@image2model/storage';
import { closingAfterAll } from '@image2model/testing';
import { openUpkeep, type Upkeep } from './support/upkeep.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const closing = closingAfterAll();
let upkeep: Upkeep;
beforeAll(async () => {
  upkeep = closing(await openUpkeep());
});

const keysOf = (id: string): Promise<unknown> => upkeep.redis('KEYS', `i2m:{${id}}*`);
const pathOf = (key: string): string => join(upkeep.directory, key);
const inTrash = async (): Promise<string[]> => readdir(pathOf('trash')).catch(() => []);
/** A file in storage, with its folders, as if nobody had touched any of them since. */
async function leave(key: string, agoMs: number): Promise<void> {
  await mkdir(dirname(pathOf(key)), { recursive: true });
  await writeFile(pathOf(key), '0123456789');
  const at = new Date(Date.now() - agoMs);
  for (let path = pathOf(key); path !== pathOf('batches') && path !== pathOf('trash'); path = dirname(path))
    await utimes(path, at, at);
}
/** Nothing of a batch in storage was touched since. */
async function ageStored(id: string, agoMs: number): Promise<void> {
  const at = new Date(Date.now() - agoMs);
  const folder = pathOf(storageKeys.batch(id));
  for (const name of await readdir(folder, { recursive: true })) await utimes(join(folder, name), at, at);
  await utimes(folder, at, at);
}

describe('cleanup_old_files hourly', () => {
  it('removes ended batches past their retention with all that is theirs, and nothing else', async () => {
    const old = await upkeep.ended({ agoMs: 2 * hourMs });
    await upkeep.storage.write(storageKeys.rejected(old, 0, 'ab'), Buffer.from('kept to be looked at'));
    const kept = await upkeep.ended({ agoMs: 2 * hourMs, retentionHours: 3 });
    await upkeep.storage.write(storageKeys.rejected(kept, 0, 'ab'), Buffer.from('kept to be looked at'));
    const live = await upkeep.live();
    const before = [await keysOf(kept), await keysOf(live)];
    expect((await upkeep.run('clean-up')).detail).toBe('removed 1 batch, 3 files, 32 B');
    expect(await upkeep.stored()).toEqual([kept, live].sort());
    expect(await keysOf(old)).toEqual([`i2m:{${old}}:x`]);
    expect(await upkeep.progress.deletions.tombstone(old)).toMatchObject({ erased: true });
    expect([await keysOf(kept), await keysOf(live)]).toEqual(before);
    expect(await upkeep.storage.stat(storageKeys.rejected(kept, 0, 'ab'))).not.toBeNull();
  });

  it('counts, and tells whoever watches', async () => {
    const text = await upkeep.metrics.text();
    expect(text).toContain('image2model_cleanup_batches_total{job="clean-up"} 1');
    expect(text).toContain('image2model_cleanup_bytes_total{job="clean-up"} 32');
    expect(text).toContain('image2model_cleanup_files_total{job="clean-up"} 3');
    expect(text).toMatch(/image2model_cleanup_keys_total{job="clean-up"} [1-9]/);
    const { events } = await upkeep.progress.opsEvents.tail(1);
    expect(events[0]).toMatchObject({
      type: 'clean-up.done',
      by: 'm-1',
      message: 'Clean-up removed 1 batch, 3 files, 32 B.',
      details: { job: 'clean-up', batches: 1, files: 3, bytes: 32 },
    });
  });

  it('finds batches that no index names', async () => {
    const old = await upkeep.ended({ agoMs: 2 * hourMs });
    await upkeep.redis('DEL', 'i2m:expiry', 'i2m:ended');
    await upkeep.run('clean-up');
    expect((await upkeep.run('clean-up')).detail).toContain('removed 1 batch');
    expect(await upkeep.stored()).not.toContain(old);
  });

  it('goes on where its time was over; one process at a time', async () => {
    await Promise.all(Array.from({ length: 70 }, () => upkeep.ended({ agoMs: 2 * hourMs, files: 1 })));
    const controller = new AbortController();
    const first = upkeep.jobs['clean-up']({ id: 'a', signal: controller.signal });
    expect(await upkeep.jobs['clean-up']({ id: 'b', signal: controller.signal })).toBe('elsewhere');
    controller.abort(new Error('drained'));
    await expect(first).rejects.toThrow('drained');
    expect((await upkeep.run('clean-up')).more).toBe(false);
    for (const id of await upkeep.progress.deletions.overdue(100)) expect(id).toBe('none before a minute');
    expect(await upkeep.progress.expiry.due(1)).toEqual([]);
  });
});

describe('what crashes left', () => {
  it('half-written files go after an hour, uploads without a manifest after a day', async () => {
    const live = await upkeep.live();
    const [upload, fresh] = [newBatchId(), newBatchId()];
    await leave(`${storageKeys.batch(live)}/models/.tmp-old`, 2 * hourMs);
    await leave(`${storageKeys.batch(live)}/models/.tmp-new`, hourMs / 2);
    await leave(storageKeys.source(upload, 0), 25 * hourMs);
    await leave(storageKeys.source(fresh, 0), 23 * hourMs);
    await leave('batches/not-a-batch/x', 100 * hourMs);
    await upkeep.run('clean-up');
    expect(await readdir(pathOf(`${storageKeys.batch(live)}/models`))).toEqual(['.tmp-new']);
    const stored = await upkeep.stored();
    expect(stored).not.toContain(upload);
    expect(stored).toEqual(expect.arrayContaining([live, fresh, 'not-a-batch']));
  });

  it('a stored batch that Redis does not know goes to the trash, and a week later for good', async () => {
    const [unknown, deleted] = [newBatchId(), await upkeep.ended()];
    await leave(storageKeys.manifest(unknown), 25 * hourMs);
    await upkeep.progress.deletions.delete('t', deleted);
    const live = await upkeep.live();
    for (const id of [deleted, live]) await ageStored(id, 25 * hourMs);
    const old = newBatchId();
    await leave(`${storageKeys.trashed(old, Date.now() - 8 * dayMs)}/manifest.json`, 0);
    expect((await upkeep.run('clean-up')).detail).toContain('1 stored batches that Redis does not know');
    const trash = await inTrash();
    expect(trash).toHaveLength(1);
    expect(trash[0]).toMatch(new RegExp(`^\\d+-${unknown}$`));
    // the tombstone of the one says who removes it
    expect(await upkeep.stored()).toEqual(expect.arrayContaining([deleted, live]));
    expect(await readdir(join(pathOf('trash'), trash[0] ?? ''))).toEqual(['manifest.json']);
  });

  it('when very many are unknown it is Redis that lost them: all stay', async () => {
    const ids = Array.from({ length: 21 }, () => newBatchId());
    for (const id of ids) await leave(storageKeys.manifest(id), 25 * hourMs);
    expect((await upkeep.run('clean-up')).detail).toContain('left 21 stored batches alone');
    expect(await upkeep.stored()).toEqual(expect.arrayContaining(ids));
  });

  it('old events of the ops feed go', async () => {
    await upkeep.redis(
      'XADD',
      'i2m:ops-events',
      `${Date.now() + 1}-0`,
      't',
      'clean-up.done',
      'm',
      'new',
      'd',
      '{}',
    );
    await upkeep.redis('DEL', 'i2m:ops-events');
    const old = Date.now() - 31 * dayMs;
    for (let n = 0; n < 200; n += 1)
      await upkeep.redis(
        'XADD',
        'i2m:ops-events',
        `${old + n}-0`,
        't',
        'clean-up.done',
        'm',
        'old',
        'd',
        '{}',
      );
    await upkeep.run('clean-up');
    expect(Number(await upkeep.redis('XLEN', 'i2m:ops-events'))).toBeLessThan(150);
  });
});

describe('emergency_cleanup', () => {
  it('does nothing while the disk is below the mark, or knows none', async () => {
    const id = await upkeep.ended();
    upkeep.disk.usedPercent = async () => 84.9;
    expect((await upkeep.run('emergency-clean-up')).detail).toContain('nothing to do');
    upkeep.disk.usedPercent = async () => null;
    expect((await upkeep.run('emergency-clean-up')).detail).toContain('knows no limit');
    expect(await upkeep.stored()).toContain(id);
    expect(upkeep.alerts).toEqual([]);
  });

  it('frees the trash, then those that ended first whatever their retention, until the disk is below the mark', async () => {
    await upkeep.redis('FLUSHDB');
    for (const prefix of ['batches', 'trash']) await upkeep.storage.remove(prefix);
    await leave(`${storageKeys.trashed(newBatchId(), Date.now())}/manifest.json`, 0);
    const ids: string[] = [];
    for (let n = 0; n < 20; n += 1)
      ids.push(await upkeep.ended({ agoMs: (20 - n) * 60_000, retentionHours: 8_760 - n }));
    const live = await upkeep.live();
    upkeep.disk.usedPercent = async () => 75 + (await upkeep.stored()).length;
    const { detail } = await upkeep.run('emergency-clean-up');
    // 96 % with 21 batches; 8 are too few, 16 more than enough
    expect(detail).toBe('freed 16 batches, 33 files, 202 B; the disk was 96.0 % full and is 80.0 %');
    expect(await upkeep.stored()).toEqual([...ids.slice(16), live].sort());
    expect(await inTrash()).toEqual([]);
    expect(upkeep.alerts).toEqual([
      `alert:emergency_clean_up:manual:spec warning: Emergency clean-up ${detail}.`,
    ]);
    const { events } = await upkeep.progress.opsEvents.tail(1);
    expect(events[0]).toMatchObject({
      type: 'clean-up.done',
      details: { job: 'emergency-clean-up', batches: 16 },
    });
  });

  it('says so when nothing is left to free; live batches and those at work stay', async () => {
    await upkeep.redis('FLUSHDB');
    await upkeep.storage.remove('batches');
    const [leased, live] = [await upkeep.ended(), await upkeep.live()];
    for (let n = 0; n < 10; n += 1) await upkeep.ended();
    await upkeep.redis('ZADD', `i2m:{${leased}}:due`, Date.now() + 60_000, 0);
    upkeep.disk.usedPercent = async () => 96;
    const { detail } = await upkeep.run('emergency-clean-up');
    expect(detail).toContain('freed 10 batches');
    expect(detail).toContain('nothing is left that may be freed: add disk space');
    expect(upkeep.alerts.at(-1)).toMatch(/^alert:clean_up_exhausted:manual:spec warning: /);
    expect(await upkeep.stored()).toEqual([leased, live].sort());
    expect((await upkeep.progress.batches.read(live))?.state).toBe('running');
  });
});
