import { deadHeaders, retryHeaders, triesOf, withoutBrokerHeaders, withoutHistory } from './headers.js';

const foreign = { traceparent: '00-1', tracestate: 's', 'i2m-attempt': 2 };

it("drops the broker's headers and nothing else", () => {
  const headers = { ...foreign, 'x-death': [], 'X-First-Death-Queue': 'q', CC: [], BCC: [], bccount: 1 };
  expect(withoutBrokerHeaders(headers)).toEqual({ ...foreign, bccount: 1 });
  expect(withoutHistory(headers)).toEqual({ traceparent: '00-1', tracestate: 's', bccount: 1 });
});

it.each([
  [{}, { attempt: 1, parked: 0 }],
  [
    { 'i2m-attempt': 3, 'i2m-parked': 2 },
    { attempt: 3, parked: 2 },
  ],
  [
    { 'i2m-attempt': '7', 'i2m-parked': -1 },
    { attempt: 1, parked: 0 },
  ],
  [
    { 'i2m-attempt': 1.5, 'i2m-parked': Number.NaN },
    { attempt: 1, parked: 0 },
  ],
])('reads tries from %j', (headers, tries) => {
  expect(triesOf(headers)).toEqual(tries);
});

it('writes the tries over the old ones', () => {
  expect(retryHeaders({ ...foreign, 'x-death': [] }, { attempt: 3, parked: 0 })).toEqual({
    ...foreign,
    'i2m-attempt': 3,
  });
});

it('says why a message is dead, in a bounded text', () => {
  const dead = { queue: 'q', reason: 'r', error: 'e'.repeat(2000), failedAt: '2026-01-01T00:00:00.000Z' };
  expect(deadHeaders(foreign, dead)).toEqual({
    ...foreign,
    'i2m-reason': 'r',
    'i2m-queue': 'q',
    'i2m-failed-at': '2026-01-01T00:00:00.000Z',
    'i2m-error': 'e'.repeat(500),
  });
});
