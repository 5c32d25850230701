import { newBatchId } from '@image2model/contracts';
import { ended, finishedAt, hourMs, indexed, settled } from './support/ended-batches.js';
import { batchOf, newBatch, progress, raw } from './support/store.js';

beforeEach(() => raw.flushdb());

describe('the walk through all keys', () => {
  async function walk(): Promise<number> {
    let dropped = 0;
    let cursor = '0';
    do {
      const step = await progress.expiryScan.step(cursor);
      dropped += step.dropped;
      cursor = step.cursor;
    } while (cursor !== '0');
    return dropped;
  }

  test('finds ended batches and tombstones that no index names', async () => {
    const ids = await Promise.all(Array.from({ length: 30 }, () => ended(1)));
    const quiet = await settled();
    const gone = await ended();
    await progress.deletions.delete('t', gone);
    await raw.del('i2m:expiry', 'i2m:ended', 'i2m:deletions');
    expect(await walk()).toBe(0);
    for (const id of ids) {
      const at = await finishedAt(id);
      expect(await indexed(id)).toEqual({ expiry: String(at + hourMs), ended: String(at) });
    }
    expect(await indexed(quiet)).toEqual({ expiry: null, ended: null });
    expect(await progress.deletions.overdue(10)).toEqual([gone]);
  });

  test('changes nothing of what is in its place', async () => {
    const id = await ended();
    const live = await batchOf(3);
    const before = await indexed(id);
    await walk();
    expect(await indexed(id)).toEqual(before);
    expect(await indexed(live)).toEqual({ expiry: null, ended: null });
  });

  test('drops keys without a batch that nobody touched for an hour', async () => {
    const [lost, late] = [newBatchId(), newBatchId()];
    const id = await ended();
    await raw.hset(`i2m:{${lost}}:a:0`, 'out', 'S');
    await raw.hset(`i2m:{${lost}}:b`, 'nS', 1);
    await raw.hset(`i2m:{${late}}:a:0`, 'out', 'S');
    await raw.hset(`i2m:{${late}}:b`, 'nS', 1);
    const kept = (await raw.keys(`i2m:{${id}}:*`)).length;
    for (const name of await raw.keys('i2m:{*')) {
      if (name.includes(late)) continue;
      const dump = await raw.dumpBuffer(name);
      await raw.call('RESTORE', name, 0, dump, 'REPLACE', 'IDLETIME', 4_000);
    }
    expect(await walk()).toBe(2);
    expect(await raw.keys(`*${lost}*`)).toEqual([]);
    expect(await raw.keys(`*${late}*`)).toHaveLength(2);
    expect(await raw.keys(`i2m:{${id}}:*`)).toHaveLength(kept);
  });

  test('shows an acceptance that broke off a day ago to the reconciler', async () => {
    const [old, fresh] = [newBatch(1, { createdAtMs: Date.now() - 25 * hourMs }), newBatch(1)];
    for (const batch of [old, fresh]) await progress.batches.stage(batch, []);
    await walk();
    expect(await raw.zrangebyscore('i2m:active', '-inf', '+inf')).toEqual([old.id]);
    expect(await progress.batches.exists(old.id)).toBe(true);
  });
});
