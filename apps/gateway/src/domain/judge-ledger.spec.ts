import type { BatchSnapshot, LedgerRow } from '@image2model/progress';
import { batchSnapshot } from '../../test/support/batch-snapshot.js';
import { judgeLedger, newBooks, noteRow } from './judge-ledger.js';

const snapshot = (over: Partial<BatchSnapshot> = {}): BatchSnapshot =>
  batchSnapshot({ spentMicro: 200, ...over });
let n = 0;
const row = (idx: number, state: LedgerRow['state'] = 'bound', over: Partial<LedgerRow> = {}): LedgerRow => ({
  intent: `int_${(n += 1)}`,
  idx,
  state,
  priceMicro: 100,
  endpoint: 'fal-ai/x',
  requestId: state === 'open' || state === 'doubtful' ? null : `req_${n}`,
  atMs: 1,
  ...over,
});
const judge = (rows: readonly LedgerRow[], over: Partial<BatchSnapshot> = {}, provider = 'fal') => {
  const books = newBooks();
  for (const one of rows) noteRow(books, one);
  return judgeLedger(provider, snapshot(over), books);
};

it('is right when every completed file was paid for once and the sum fits', () =>
  expect(judge([row(0), row(1)])).toEqual({
    name: 'ledger',
    ok: true,
    detail: '2 accepted submissions, 0.0002 USD',
  }));

it.each<[string, LedgerRow[], Partial<BatchSnapshot>, boolean]>([
  ['a completed file that nobody paid for', [row(1), row(1, 'extra')], {}, false],
  ['a completed file whose one generation was free', [row(0, 'unbilled')], { spentMicro: 0 }, false],
  ['a file billed twice', [row(0), row(0)], {}, false],
  ['a file billed once a run', [row(0), row(0)], { run: 2 }, true],
  ['a second one that is counted', [row(0), row(0, 'extra')], {}, true],
  ['one that was given up', [row(0), row(1, 'doubtful')], {}, true],
  ['one that ended unbilled', [row(0), row(0, 'unbilled')], { spentMicro: 100 }, true],
  ['another sum than was counted', [row(0)], {}, false],
  ['money that is still set aside', [row(0), row(1)], { reservedMicro: 100 }, false],
  ['a submit that is open at the end', [row(0), row(1), row(2, 'open')], {}, false],
  ['an open one of a live batch', [row(0), row(1, 'open')], { state: 'running', spentMicro: 0 }, true],
  [
    'one request twice',
    [row(0, 'bound', { requestId: 'r' }), row(1, 'bound', { requestId: 'r' })],
    {},
    false,
  ],
  ['an accepted one without a request', [row(0), row(1, 'bound', { requestId: null })], {}, false],
])('judges %s', (_, rows, over, ok) => expect(judge(rows, over).ok).toBe(ok));

it('names what is unusual in any case', () =>
  expect(
    judge([row(0), row(1, 'doubtful'), row(2, 'unbilled'), row(2, 'extra')], { spentMicro: 300 }).detail,
  ).toBe(
    '3 accepted submissions, 0.0003 USD, 1 of them ended unbilled, 1 of them one too many, 1 more given up without knowing',
  ));

it('has nothing to compare for providers that cost nothing, unless they have a ledger', () => {
  expect(judge([], {}, 'embedded')).toMatchObject({ ok: true, detail: expect.stringMatching(/^0 paid/) });
  expect(judge([], {}, 'noop').ok).toBe(true);
  expect(judge([row(0)], {}, 'noop').ok).toBe(false);
});
