import { orderedLevel, parseOrders } from './order-book.js';

const by = 'key:1';
const fields = {
  'drain:host-1-ab': JSON.stringify({ then: 'idle', by, atMs: 1 }),
  'lane:low': JSON.stringify({ detail: 'tonight', by, sinceMs: 2 }),
  'log:all': JSON.stringify({ level: 'debug', untilMs: 1_000, by }),
  'log:gateway': JSON.stringify({ level: 'error', untilMs: 500, by }),
};

it('reads what is in force', () => {
  const { drains, lanes, logLevels } = parseOrders(fields);
  expect([...drains]).toEqual([['host-1-ab', { then: 'idle', by, atMs: 1 }]]);
  expect([...lanes]).toEqual([['low', { detail: 'tonight', by, sinceMs: 2 }]]);
  expect([...logLevels.keys()].sort()).toEqual(['all', 'gateway']);
});

it('leaves alone what it does not understand', () => {
  const strange = {
    'drain:a': '{"then":"explode"}',
    'lane:low': 'no JSON',
    'lane:express': '{}',
    'x:y': '1',
  };
  const { drains, lanes, logLevels } = parseOrders(strange);
  expect([drains.size, lanes.size, logLevels.size]).toEqual([0, 0, 0]);
});

it('logs at the level said to the service, else at that said to all, each for its time', () => {
  const book = parseOrders(fields);
  expect(orderedLevel(book, 'gateway', 499)).toBe('error');
  expect(orderedLevel(book, 'gateway', 500)).toBe('debug');
  expect(orderedLevel(book, 'model-worker', 999)).toBe('debug');
  expect(orderedLevel(book, 'model-worker', 1_000)).toBeUndefined();
});
