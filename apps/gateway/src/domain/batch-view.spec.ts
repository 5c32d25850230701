import { batchSchema } from '@image2model/contracts';
import type { BatchRecord } from '@image2model/progress';
import { batchView, statusOf } from './batch-view.js';
import type { ProviderStates } from './provider-state.js';

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
  budgetMicro: null,
  estimatedMicro: 0,
  spentMicro: 0,
  reservedMicro: 0,
  cursor: 0,
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

it('tells what it costs in dollars', () =>
  expect(
    batchView(record({ estimatedMicro: 800_000, spentMicro: 300_001, budgetMicro: 500_000 }), [], 9).cost,
  ).toEqual({ estimated_usd: 0.8, actual_usd: 0.300001, budget_usd: 0.5 }));

describe('a held batch', () => {
  const hold = { reason: 'user', detail: 'lunch', sinceMs: 2_000 } as const;
  const parked: ProviderStates = new Map([
    [
      'fal',
      {
        limit: 2,
        permitted: 3,
        inUse: 0,
        waiting: 0,
        stoppedUntilMs: 0,
        parked: { code: 'provider_auth', detail: 'the key is refused', sinceMs: 3_000 },
      },
    ],
  ]);
  const half = { counts: { pending: 2, running: 0, completed: 2, failed: 0, cancelled: 0 }, startedAtMs: 1 };

  it('is paused with the reason, and nobody knows for how long', () => {
    expect(batchView(record(half), [], 5_000).eta_seconds).not.toBeNull();
    expect(batchView(record({ ...half, hold }), [], 5_000)).toMatchObject({
      status: 'paused',
      hold: { reason: 'user', detail: 'lunch', since: '1970-01-01T00:00:02.000Z' },
      eta_seconds: null,
    });
  });
  it('is so while its provider is parked, whatever it is itself', () => {
    const ofFal = record({ ...half, provider: 'fal' });
    expect(batchView(ofFal, [], 5_000, parked)).toMatchObject({
      status: 'paused',
      hold: {
        reason: 'provider',
        detail: 'provider_auth: the key is refused',
        since: '1970-01-01T00:00:03.000Z',
      },
    });
    expect(batchView({ ...ofFal, hold }, [], 5_000, parked).hold).toMatchObject({ reason: 'user' });
    expect(batchView(record(half), [], 5_000, parked)).toMatchObject({ status: 'processing', hold: null });
  });
  it.each(['cancelling', 'completed', 'staging'] as const)('is none when it is %s', (state) => {
    const view = batchView(record({ state, hold, provider: 'fal' }), [], 9, parked);
    expect(view.hold).toBeNull();
    expect(view.status).not.toBe('paused');
    expect(statusOf(record({ state, hold }))).not.toBe('paused');
  });
});
