import { batchSchema } from '@image2model/contracts';
import type { BatchRecord } from '@image2model/progress';
import { batchView } from './batch-view.js';

const record = (over: Partial<BatchRecord> = {}): BatchRecord => ({
  id: `bat_${'a'.repeat(32)}`,
  tenant: 'acme',
  name: null,
  lane: 'normal',
  provider: 'embedded',
  settings: { face_limit: 1000, of_a_later_version: true },
  total: 4,
  retentionHours: 168,
  createdAtMs: 1_000,
  state: 'running',
  run: 1,
  counts: { pending: 4, running: 0, completed: 0, failed: 0, cancelled: 0 },
  startedAtMs: null,
  finishedAtMs: null,
  ...over,
});

it('has the shape of the contract and tells no tenant', () => {
  const view = batchView(record(), [], 2_000);
  expect(batchSchema.parse(view)).toEqual(view);
  expect(JSON.stringify(view)).not.toContain('acme');
  expect(view).toMatchObject({
    status: 'queued',
    settings: { face_limit: 1000 },
    created_at: '1970-01-01T00:00:01.000Z',
  });
});

it.each([
  [{ state: 'running' as const }, 'queued'],
  [{ state: 'running' as const, startedAtMs: 5 }, 'processing'],
  [{ state: 'cancelling' as const }, 'cancelling'],
  [{ state: 'partial' as const, startedAtMs: 5 }, 'partial'],
])('%j is %s', (over, status) => expect(batchView(record(over), [], 9).status).toBe(status));

it.each([
  [{ pending: 2, running: 1, completed: 1, failed: 0, cancelled: 0 }, 50, 37.5],
  [{ pending: 0, running: 1, completed: 3, failed: 0, cancelled: 0 }, 100, 99.9],
  [{ pending: 0, running: 0, completed: 2, failed: 1, cancelled: 1 }, 0, 100],
  [{ pending: 4, running: 0, completed: 0, failed: 0, cancelled: 0 }, 80, 0],
])('%j with a file at %i %% is %d %% done', (counts, percent, progress) =>
  expect(batchView(record({ counts }), [{ idx: 0, percent, stage: 'mesh' }], 9).progress).toBe(progress),
);
