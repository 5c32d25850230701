import { buffer } from 'node:stream/consumers';
import { fileOfIntent } from '@image2model/contracts';
import { openProviderImageToken } from '@image2model/fal';
import { storageKeys, StorageError } from '@image2model/storage';
import { setUpPaid } from './support/paid-set-up.js';

const falKey = 'stand-in-key';
const publicUrl = 'https://api.example/base';
const paid = setUpPaid(6_000);
const env = (more: Record<string, string> = {}): Record<string, string> => ({
  ...{ FAL_KEY: falKey, FAL_ORIGIN: paid.fal.origin, FAL_IMAGES: 'link', I2M_PUBLIC_URL: publicUrl },
  ...{ FAL_WEBHOOKS: 'off', FAL_DOUBT_GRACE_S: '6', FAL_ON_DOUBT: 'resubmit' },
  ...more,
});
const paidBatch = (): Promise<string> =>
  paid.bench.newBatch({ total: 1, provider: 'fal', image: paid.image });

/** Asks for the image of an accepted job at the gateway, whose part the spec plays. @returns undefined: it is gone */
async function fetchImage(job: number): Promise<Buffer | undefined> {
  const url = paid.fal.ledger()[job]?.image_url ?? '';
  expect(url.startsWith(`${publicUrl}/v1/provider-images/`)).toBe(true);
  const intent = openProviderImageToken(falKey, url.slice(url.lastIndexOf('/') + 1)) ?? '';
  const { batchId, idx } = fileOfIntent(intent) ?? { batchId: '', idx: -1 };
  if (!(await paid.bench.progress.ledger.noteFetched(batchId, idx, intent))) return undefined;
  return buffer(await paid.bench.storage.read(storageKeys.providerImage(batchId, idx, intent)));
}
async function linkedOf(id: string): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { key } of paid.bench.storage.list(storageKeys.providerImages(id, 0))) found.push(key);
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
  }
  return found;
}

test('an image is there while its generation runs, and removed when its file has ended', async () => {
  await paid.bench.start(env());
  const id = await paidBatch();
  await paid.accepted(1);
  expect((await fetchImage(0))?.subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
  expect(await linkedOf(id)).toHaveLength(1);
  await paid.bench.waitForState(id, 'completed', 40_000);
  expect(await linkedOf(id)).toEqual([]);
  expect(await paid.bench.storage.stat(storageKeys.source(id, 0))).not.toBeNull();
  expect(paid.fal.ledger()).toHaveLength(1);
});

test('a lost answer whose image was fetched is never submitted again: the file fails and says why', async () => {
  paid.fal.control({ faults: [{ fault: 'reset_after_accept', times: 1 }], listing: { enabled: false } });
  const worker = await paid.bench.start(env());
  const id = await paidBatch();
  await paid.accepted(1);
  expect(await fetchImage(0)).toBeDefined();
  await paid.bench.waitForState(id, 'failed', 40_000);
  expect((await paid.bench.file(id, 0)).error).toMatchObject({
    code: 'ambiguous.accepted',
    message: expect.stringMatching(/fal fetched the image.*may be charged/),
  });
  expect(paid.fal.ledger()).toHaveLength(1);
  expect(await fetchImage(0)).toBeUndefined();
  expect(await linkedOf(id)).toEqual([]);
  const metrics = await (await fetch(`${worker.adminUrl}/metrics`)).text();
  expect(metrics).not.toMatch(/image2model_possible_double_charge_total\S* [1-9]/);
});

test('one whose image nobody fetched is submitted once more by policy, and the first image is gone', async () => {
  paid.fal.control({ faults: [{ fault: 'reset_after_accept', times: 1 }], listing: { enabled: false } });
  await paid.bench.start(env());
  const id = await paidBatch();
  await paid.accepted(2);
  expect(await fetchImage(0)).toBeUndefined();
  expect(await fetchImage(1)).toBeDefined();
  await paid.bench.waitForState(id, 'completed', 40_000);
  expect(paid.fal.ledger()).toHaveLength(2);
  expect(await linkedOf(id)).toEqual([]);
});

test('links need a public URL', async () => {
  const failure: unknown = await paid.bench.start({ FAL_IMAGES: 'link' }).catch((error: unknown) => error);
  expect(String(failure)).toMatch(/"code":78/);
  expect(String(failure)).toContain('I2M_PUBLIC_URL: is required by FAL_IMAGES link');
});
