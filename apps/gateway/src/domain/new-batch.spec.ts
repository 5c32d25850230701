import { storedManifestSchema, type StoredFile } from '@image2model/contracts';
import { batchFromForm } from './batch-request.js';
import { acceptedRecord, newBatch, storedManifest } from './new-batch.js';
import { urlFile } from './url-file.js';

const rules = {
  byDefault: 'fal',
  fal: true,
  noop: true,
  sourceHosts: [],
  webhooks: { signed: true, allow: [] },
} as const;
const good = urlFile(0, { url: 'https://example.com/a.jpg' });
const refused: StoredFile = {
  ...good,
  idx: 1,
  error: { code: 'input.empty', message: '', retryable: false },
};
const batchOf = (fields: Record<string, string>, files = [good, refused, { ...good, idx: 2 }]) => ({
  id: `bat_${'0'.repeat(32)}`,
  tenant: 't',
  request: batchFromForm(fields, rules),
  total: files.length,
  files,
  createdAtMs: 0,
});

it('costs the price of each file that was not refused, within its budget', () => {
  const tripo = batchOf({ settings: '{"texture":"HD"}', budget_usd: '0.5' });
  expect(newBatch(tripo)).toMatchObject({ estimatedMicro: 800_000, budgetMicro: 500_000 });
  expect(acceptedRecord(tripo)).toMatchObject({ estimatedMicro: 800_000, spentMicro: 0, reservedMicro: 0 });
  expect(newBatch(batchOf({ settings: '{"texture":"no"}' }))).toMatchObject({
    estimatedMicro: 400_000,
    budgetMicro: null,
  });
});

it('costs nothing where nothing is paid, whatever its budget', () => {
  const free = batchOf({ provider: 'embedded', budget_usd: '0' });
  expect(newBatch(free)).toMatchObject({ estimatedMicro: 0, budgetMicro: 0 });
});

it('can be made again from its manifest, the money too', () => {
  const manifest = storedManifestSchema.parse(storedManifest(batchOf({ budget_usd: '1.5' })));
  expect(manifest).toMatchObject({ budget_micro: 1_500_000, estimated_micro: expect.any(Number), total: 3 });
});
