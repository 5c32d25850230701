import type { BatchRecord, FileRecord } from '@image2model/progress';
import type { ProviderState } from './provider-state.js';
import { waitingFor } from './waiting-for.js';

const batch: Pick<BatchRecord, 'state' | 'provider' | 'cursor'> = {
  state: 'running',
  provider: 'fal',
  cursor: 5,
};
const file: Pick<FileRecord, 'idx' | 'state' | 'waitingFor'> = { idx: 2, state: 'pending', waitingFor: null };
const free: ProviderState = { limit: 2, permitted: 3, inUse: 2, waiting: 0, parked: null, stoppedUntilMs: 0 };
const auth = { code: 'provider_auth', detail: 'refused', sinceMs: 1 };
const user = { reason: 'user', detail: 'lunch', sinceMs: 1 } as const;
const nowMs = 10_000;

const codeOf = (
  of: { batch?: Partial<BatchRecord>; file?: Partial<FileRecord>; fal?: Partial<ProviderState> } = {},
): string | undefined =>
  waitingFor(
    { ...batch, ...of.batch } as BatchRecord,
    { ...file, ...of.file } as FileRecord,
    new Map([['fal', { ...free, ...of.fal }]]),
    nowMs,
  )?.code;

it.each<[string | undefined, Parameters<typeof codeOf>[0]]>([
  ['worker', {}],
  ['worker', { batch: { provider: 'embedded' }, fal: { inUse: 3 } }],
  ['window', { file: { idx: 5 } }],
  ['window', { file: { idx: 5 }, fal: { inUse: 3 } }],
  ['provider_concurrency', { fal: { inUse: 3 } }],
  ['rate_limit', { fal: { stoppedUntilMs: nowMs + 1, inUse: 3 } }],
  ['worker', { fal: { stoppedUntilMs: nowMs } }],
  ['provider_auth', { fal: { parked: auth, stoppedUntilMs: nowMs + 1 } }],
  ['paused', { batch: { hold: user }, fal: { parked: auth } }],
  ['budget', { batch: { hold: { ...user, reason: 'budget' } } }],
  ['provider_paused', { batch: { hold: { ...user, reason: 'provider' } } }],
  ['provider_auth', { batch: { hold: { ...user, reason: 'provider' } }, fal: { parked: auth } }],
  [undefined, { batch: { state: 'cancelling' } }],
  [undefined, { file: { state: 'running' } }],
  [undefined, { file: { state: 'completed' }, batch: { hold: user } }],
  ['retry_at', { file: { state: 'running', waitingFor: { code: 'retry_at', detail: '' } } }],
])('%s of %j', (code, of) => expect(codeOf(of)).toBe(code));

it('forgets what a file was put back for when the hold is lifted', () => {
  const putBack: Partial<FileRecord> = {
    state: 'running',
    waitingFor: { code: 'budget', detail: 'used up' },
  };
  expect(codeOf({ file: putBack, batch: { hold: { ...user, reason: 'budget' } } })).toBe('budget');
  expect(codeOf({ file: putBack })).toBe('worker');
});
