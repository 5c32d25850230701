import { newBatchId } from '@image2model/contracts';
import { connectProgress, type Progress } from '@image2model/progress';
import { createLogger } from '@image2model/service-kit';
import { openStorage, storageKeys, type Storage } from '@image2model/storage';
import {
  closingAfterAll,
  createRedisDatabase,
  startProxy,
  startS3,
  waitFor,
  type TcpProxy,
} from '@image2model/testing';
import { probe } from '../src/adapters/probe.js';
import { probeDisk } from '../src/adapters/probe-disk.js';
import { nothingFreed, type Freed } from '../src/domain/freed.js';
import { startSlice } from '../src/domain/time-slice.js';
import { sweepFolders } from '../src/handlers/sweep-folders.js';

const closing = closingAfterAll();
const hourMs = 3_600_000;
const megabyte = 1024 * 1024;
let way: TcpProxy;
let storage: Storage;
let url: string;
let progress: Progress;
beforeAll(async () => {
  const s3 = closing(await startS3());
  Object.assign(process.env, s3.credentials);
  way = closing(await startProxy(s3.endpoint));
  url = `s3://${s3.bucket}/upkeep?endpoint=${encodeURIComponent(new URL(way.url).origin)}`;
  storage = await openStorage(url);
  const database = closing(await createRedisDatabase());
  const logger = createLogger({ service: 'test', instance: 'spec', level: 'error' });
  progress = closing(await connectProgress({ url: database.url, logger }));
});

/** A sweep of all folders at a time from now. */
async function sweep(inMs: number): Promise<Freed & { trashed: number }> {
  const logger = { info: () => undefined, warn: () => undefined } as never;
  const freed = nothingFreed();
  const slice = startSlice(30_000, new AbortController().signal);
  const nowMs = Date.now() + inMs;
  const parts = { storage, batches: progress.batches, deletions: progress.deletions, logger };
  const { trashed } = await sweepFolders(parts, '', { slice, freed, nowMs });
  return { ...freed, trashed };
}

const keysBelow = async (prefix: string): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { key } of storage.list(prefix)) keys.push(key);
  return keys.sort();
};

it('drops the parts of a writer that died before its batch had a folder, when they are old enough', async () => {
  let go = (): void => undefined;
  const held = new Promise<void>((resolve) => (go = resolve));
  let sent = false;
  async function* dying(): AsyncGenerator<Uint8Array> {
    for (let part = 0; part < 3; part += 1) yield Buffer.alloc(5 * megabyte);
    sent = true;
    await held;
  }
  const writing = storage.write(storageKeys.source(newBatchId(), 0), dying());
  await waitFor(() => sent, { what: 'two parts' });
  expect(await sweep(0.5 * hourMs)).toMatchObject({ files: 0 });
  expect(await sweep(2 * hourMs)).toMatchObject({ files: 1, bytes: 10 * megabyte, trashed: 0 });
  go();
  await expect(writing).rejects.toMatchObject({ code: 'not_found' });
});

it('removes uploads that were never accepted, and moves what Redis does not know to the trash', async () => {
  const [known, unknown, orphan] = [newBatchId(), newBatchId(), newBatchId()];
  for (const id of [known, unknown, orphan])
    await storage.write(storageKeys.source(id, 0), Buffer.from('0123456789'));
  for (const id of [known, unknown]) await storage.write(storageKeys.manifest(id), Buffer.from('{}'));
  const more = { name: null, lane: 'normal' as const, provider: 'noop', settings: {}, retentionHours: 1 };
  await progress.batches.stage({ id: known, tenant: 't', total: 1, createdAtMs: Date.now(), ...more }, []);
  await progress.batches.activate(known);
  expect(await sweep(23 * hourMs)).toMatchObject({ files: 0, trashed: 0 });
  expect(await sweep(25 * hourMs)).toMatchObject({ files: 1, bytes: 10, trashed: 1 });
  expect(await keysBelow(storageKeys.batches)).toEqual([
    storageKeys.manifest(known),
    storageKeys.source(known, 0),
  ]);
  const trash = await keysBelow(storageKeys.trash);
  expect(trash.map((key) => key.replace(/\d+-/, ''))).toEqual([
    `trash/${unknown}/manifest.json`,
    `trash/${unknown}/sources/0`,
  ]);
});

it('knows no limit of the storage, and notices when it is away', async () => {
  expect(await probe(() => probeDisk(storage, url))).toEqual({ ok: true, usedPercent: null });
  way.cut();
  const away = await probe(() => probeDisk(storage, url));
  expect(away).toMatchObject({
    ok: false,
    error: expect.stringMatching(/bucket test at http.+Check endpoint/),
  });
  way.restore();
});
