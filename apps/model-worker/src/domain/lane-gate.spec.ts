import type { Lane } from '@image2model/contracts';
import { LaneGate } from './lane-gate.js';

const open = new AbortController().signal;

/** Fills a gate of one slot with work and notes the order in which it is let in. */
async function order(work: Partial<Record<Lane, number>>): Promise<Lane[]> {
  const gate = new LaneGate(1);
  const seen: Lane[] = [];
  const block = await gate.enter('low', open);
  const all = (Object.entries(work) as [Lane, number][]).flatMap(([lane, count]) =>
    Array.from({ length: count }, async () => {
      const leave = await gate.enter(lane, open);
      seen.push(lane);
      leave();
    }),
  );
  block();
  await Promise.all(all);
  return seen;
}
const count = (seen: Lane[], lane: Lane): number => seen.filter((one) => one === lane).length;

test('lanes share 5:3:1 while all have work', async () => {
  const seen = (await order({ low: 100, normal: 100, high: 100 })).slice(0, 90);
  expect([count(seen, 'high'), count(seen, 'normal'), count(seen, 'low')]).toEqual([50, 30, 10]);
});

test('work-conserving: a lane without work leaves its share to the others', async () => {
  const seen = await order({ low: 12, normal: 30 });
  expect(seen).toHaveLength(42);
  expect(count(seen.slice(0, 20), 'low')).toBe(5);
  expect(await order({ low: 7 })).toHaveLength(7);
});

test('never more inside than slots; a slot is given back once', async () => {
  const gate = new LaneGate(2);
  const leaves = await Promise.all([gate.enter('high', open), gate.enter('high', open)]);
  let third = false;
  const waiting = gate.enter('low', open).then(() => (third = true));
  await Promise.resolve();
  expect([gate.active, third]).toEqual([2, false]);
  leaves[0]?.();
  leaves[0]?.();
  await waiting;
  expect(gate.active).toBe(2);
});

test('who is told to stop leaves the row', async () => {
  const gate = new LaneGate(1);
  const leave = await gate.enter('high', open);
  const stop = new AbortController();
  const refused = gate.enter('high', stop.signal);
  const next = gate.enter('normal', open);
  stop.abort(new Error('enough'));
  await expect(refused).rejects.toThrow('enough');
  await expect(gate.enter('high', stop.signal)).rejects.toThrow('enough');
  leave();
  (await next)();
  expect(gate.active).toBe(0);
});
