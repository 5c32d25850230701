import { addFreed, describeBytes, describeFreed, isNothing, nothingFreed } from './freed.js';

test('figures add up', () => {
  const sum = nothingFreed();
  expect(isNothing(sum)).toBe(true);
  addFreed(sum, { batches: 1, files: 2, bytes: 3, keys: 4 });
  addFreed(sum, { files: 1 });
  expect(sum).toEqual({ batches: 1, files: 3, bytes: 3, keys: 4 });
  expect(isNothing(sum)).toBe(false);
  expect(isNothing({ ...nothingFreed(), keys: 1 })).toBe(false);
});

test('people read them', () => {
  expect(describeFreed({ batches: 1, files: 12, bytes: 4_520_000 })).toBe('1 batch, 12 files, 4.5 MB');
  expect([0, 999, 1_000, 2_500_000_000, 7e15].map(describeBytes)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '2.5 GB',
    '7000.0 TB',
  ]);
});
