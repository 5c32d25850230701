import { chunksOf, planOf, shareOfBudget, type HashedSource } from './plan.js';
import { newEntry, newState, type Entry } from './state.js';

const source = (path: string, sha256: string, more: Partial<HashedSource> = {}): HashedSource => ({
  source: path,
  kind: 'file',
  name: path,
  folder: '',
  bytes: 10,
  mtimeMs: 1,
  sha256,
  ...more,
});
const entry = (path: string, sha256: string, more: Partial<Entry> = {}): Entry => ({
  ...newEntry({
    ...{ source: path, kind: 'file', name: path, bytes: 10, mtime_ms: 1, sha256 },
    ...{ path: `${path}.glb`, send: 'k', idx: 0 },
  }),
  status: 'completed',
  ...more,
});
const plan = (files: Entry[], sources: HashedSource[], gone: string[] = []): ReturnType<typeof planOf> =>
  planOf({ ...newState('http://x', {}), files }, sources, { isGone: (path) => gone.includes(path) });

test('what was sent is known, whatever became of it; what is new or changed is sent', () => {
  const files = [
    entry('same', 'a'),
    entry('failed', 'b', { status: 'failed' }),
    entry('changed', 'c'),
    entry('paid', 'd', { status: 'cancelled', cost_usd: 0.3 }),
    entry('free', 'e', { status: 'cancelled' }),
  ];
  const sources = [
    source('same', 'a'),
    source('failed', 'b'),
    source('changed', 'C'),
    source('paid', 'd'),
    source('free', 'e'),
    source('new', 'f'),
  ];
  const { known, fresh, obsolete } = plan(files, sources);
  expect(known.map((each) => each.source)).toEqual(['same', 'failed', 'paid']);
  expect(fresh.map((each) => each.source)).toEqual(['changed', 'free', 'new']);
  expect(obsolete.map((each) => each.source)).toEqual(['changed', 'free']);
});

test('a photo that was moved is known by its content, each once; a copy is another photo', () => {
  const files = [entry('old/1', 'a', { idx: 0 }), entry('old/2', 'a', { idx: 1 }), entry('kept', 'b')];
  const sources = [source('new/1', 'a'), source('new/2', 'a'), source('new/3', 'a'), source('copy', 'b')];
  const { known, fresh, moved } = plan(files, sources, ['old/1', 'old/2']);
  expect(known.map(({ idx }) => idx)).toEqual([0, 1]);
  expect([...moved.values()].map((each) => each.source)).toEqual(['new/1', 'new/2']);
  expect(fresh.map((each) => each.source)).toEqual(['new/3', 'copy']);
});

test('URLs are known by themselves', () => {
  const url = source('https://a/1.jpg', '', { kind: 'url', sha256: null });
  const other = source('https://a/2.jpg', '', { kind: 'url', sha256: null });
  const { known, fresh } = plan([entry(url.source, '', { kind: 'url', sha256: null })], [url, other]);
  expect([known.length, fresh]).toEqual([1, [other]]);
});

test('requests hold 500 photos or 200 MB, and photos and URLs travel apart', () => {
  const sizes = [100, 60, 50, 250, 1].map((mb) => ({ kind: 'file' as const, bytes: mb * 1024 * 1024 }));
  expect(chunksOf([...sizes, { kind: 'url', bytes: null }]).map((chunk) => chunk.length)).toEqual([
    2, 1, 1, 1, 1,
  ]);
  const many = Array.from({ length: 1_001 }, () => ({ kind: 'file' as const, bytes: 1 }));
  expect(chunksOf(many).map((chunk) => chunk.length)).toEqual([500, 500, 1]);
});

test('a budget is shared by files and never grows', () => {
  const shares = [500, 500, 1].map((files) => shareOfBudget(10, files, 1_001));
  expect(shares.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(10);
  expect(shares[0]).toBeCloseTo(4.995, 3);
});
