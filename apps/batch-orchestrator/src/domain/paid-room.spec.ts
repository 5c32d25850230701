import { paidRoom } from './paid-room.js';

test('twice of what the provider takes, less what is with the workers', () => {
  expect(paidRoom({ cursor: 100, redo: 0, settled: 30 }, 50)).toBe(30);
  expect(paidRoom({ cursor: 100, redo: 20, settled: 30 }, 50)).toBe(50);
  expect(paidRoom({ cursor: 170, redo: 0, settled: 30 }, 50)).toBeLessThan(0);
});

test('a provider that takes two still finds something to do in every worker', () => {
  expect(paidRoom({ cursor: 0, redo: 0, settled: 0 }, 3)).toBe(64);
});

test('files that were refused at the door do not make room for more than that', () => {
  expect(paidRoom({ cursor: 10, redo: 0, settled: 40 }, 3)).toBe(64);
});
