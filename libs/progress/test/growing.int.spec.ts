import { mostAppended } from '../src/index.js';
import { claim, claimed, done, newBatch, progress, raw } from './support/store.js';

const source = (name: string) => ({
  source: { name, bytes: 1, type: 'image/png', width: 1, height: 1 },
});
const refused = { source: null, error: { code: 'input.empty', message: '0 bytes', retryable: false } };

async function openBatch(total: number): Promise<string> {
  const batch = newBatch(total, { sealed: false });
  await progress.batches.stage(
    batch,
    Array.from({ length: total }, () => ({ source: null })),
  );
  await progress.batches.activate(batch.id);
  return batch.id;
}
const settleAll = async (id: string, files: readonly number[]) => {
  for (const idx of files) await progress.attempts.conclude(id, { idx, token: await claimed(id, idx) }, done);
  return progress.settlements.finish(id, files);
};

describe('a batch that is not sealed', () => {
  test('grows, ends only when it is sealed, and then takes nothing more', async () => {
    const id = await openBatch(1);
    expect(await settleAll(id, [0])).toMatchObject({ completed: 1, ended: false, state: 'running' });
    const added = await progress.controls.append(id, [source('b.png'), refused], {
      id: 'a1',
      from: 1,
      most: 10,
    });
    expect(added).toEqual({ status: 'ok', from: 1, total: 3 });
    expect(await progress.batches.file(id, 1)).toMatchObject({ state: 'pending', source: { name: 'b.png' } });
    expect(await progress.batches.file(id, 2)).toMatchObject({
      state: 'failed',
      error: { code: 'input.empty' },
    });
    expect((await progress.lanes.batches('normal')).find((batch) => batch.id === id)).toMatchObject({
      total: 3,
    });
    expect(await settleAll(id, [1])).toMatchObject({ ended: false });
    expect(await progress.controls.seal(id)).toEqual({ state: 'partial', ended: true });
    expect(await progress.controls.seal(id)).toEqual({ state: 'partial', ended: false });
    expect(await progress.settlements.outbox(id)).toMatchObject([{ total: 3, completed: 2, failed: 1 }]);
    const late = await progress.controls.append(id, [source('c.png')], { id: 'a2', from: 3, most: 10 });
    expect(late.status).toBe('sealed');
  });

  test('a repeated append adds nothing; of two at once one goes first', async () => {
    const id = await openBatch(0);
    const once = { id: 'a1', from: 0, most: 10 };
    const replies = await Promise.all([1, 2].map(() => progress.controls.append(id, [source('a')], once)));
    expect(replies).toEqual([1, 2].map(() => ({ status: 'ok', from: 0, total: 1 })));
    const both = await Promise.all(
      ['b', 'c'].map((name) => progress.controls.append(id, [source(name)], { id: name, from: 1, most: 10 })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['moved', 'ok']);
    expect(both.find(({ status }) => status === 'moved')).toMatchObject({ total: 2 });
    expect((await progress.batches.read(id))?.total).toBe(2);
    expect(await raw.llen(`i2m:{${id}}:f`)).toBe(2);
  });

  test('keeps its limit, and an append its own', async () => {
    const id = await openBatch(2);
    const append = { id: 'a1', from: 2, most: 3 };
    expect(await progress.controls.append(id, [source('a'), source('b')], append)).toEqual({
      status: 'full',
      from: 0,
      total: 2,
    });
    await expect(progress.controls.append(id, [], append)).rejects.toThrow(RangeError);
    const many = Array.from({ length: mostAppended + 1 }, () => refused);
    await expect(progress.controls.append(id, many, append)).rejects.toThrow(RangeError);
    const most = { id: 'a2', from: 2, most: mostAppended + 2 };
    expect(await progress.controls.append(id, many.slice(1), most)).toMatchObject({ status: 'ok' });
    expect((await progress.batches.read(id))?.counts).toMatchObject({ pending: 2, failed: mostAppended });
  });

  test('a cancelled one ends although nobody sealed it', async () => {
    const id = await openBatch(1);
    await progress.batches.requestCancel(id);
    const append = { id: 'a1', from: 1, most: 10 };
    expect((await progress.controls.append(id, [source('a')], append)).status).toBe('sealed');
    expect(await progress.settlements.cancelWaiting(id, 10)).toMatchObject({ cancelled: 1, ended: true });
  });

  test('an empty one ends as completed when it is sealed', async () => {
    expect(await progress.controls.seal(await openBatch(0))).toEqual({ state: 'completed', ended: true });
    expect(await progress.controls.seal('bat_none')).toEqual({ state: 'missing', ended: false });
  });
});

describe('counters that are wrong', () => {
  test('neither end a run with open files nor falsify its completion', async () => {
    const id = await openBatch(2);
    await progress.controls.seal(id);
    await raw.hset(`i2m:{${id}}:b`, 'nS', 5);
    expect(await settleAll(id, [0])).toMatchObject({ ended: false, state: 'running' });
    await raw.hset(`i2m:{${id}}:b`, 'nX', 9);
    expect(await settleAll(id, [1])).toMatchObject({ ended: true, state: 'completed' });
    expect(await progress.settlements.outbox(id)).toMatchObject([{ completed: 2, cancelled: 0 }]);
  });

  test('do not keep a cancelling batch open', async () => {
    const id = await openBatch(2);
    await settleAll(id, [0]);
    await progress.batches.requestCancel(id);
    await raw.hset(`i2m:{${id}}:b`, 'nS', 0);
    expect(await progress.settlements.cancelWaiting(id, 10)).toMatchObject({ cancelled: 1, ended: false });
    expect(await progress.settlements.cancelWaiting(id, 10)).toMatchObject({ cancelled: 0, ended: true });
  });
});

test('progress that comes after the end of a file leaves nothing behind', async () => {
  const id = await openBatch(2);
  await claim(id, 1);
  await settleAll(id, [0]);
  const late = [0, 1].map((idx) => ({ idx, percent: 50, stage: 'making' }));
  await progress.attempts.writeProgress(id, late);
  expect((await progress.batches.progress(id)).map(({ idx }) => idx)).toEqual([1]);
});
