import type { Lane } from '@image2model/contracts';
import { inTurns } from './in-turns.js';

const files = (lane: Lane, tenant: string, count: number): { lane: Lane; tenant: string; at: number }[] =>
  Array.from({ length: count }, (_, at) => ({ lane, tenant, at }));
const shown = (entries: { lane: Lane; tenant: string; at: number }[]): string[] =>
  entries.map(({ lane, tenant, at }) => `${lane[0]}${tenant}${at}`);

test('lanes share in proportion to their weights, and none is left out', () => {
  const all = [...files('low', 'a', 9), ...files('normal', 'a', 9), ...files('high', 'a', 9)];
  const order = inTurns(all, 9).map(({ lane }) => lane);
  expect(order).toEqual([...Array<Lane>(5).fill('high'), ...Array<Lane>(3).fill('normal'), 'low']);
  expect(inTurns(all, 100)).toHaveLength(27);
});

test('a tenant that came later is not behind all files of the first', () => {
  const all = [...files('normal', 'a', 100), ...files('normal', 'b', 2)];
  expect(shown(inTurns(all, 6))).toEqual(['na0', 'nb0', 'na1', 'nb1', 'na2', 'na3']);
});

test('nothing waits, nothing is asked', () => {
  expect(inTurns([], 8)).toEqual([]);
});
