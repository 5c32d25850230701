import type { Lane } from '@image2model/contracts';
import { claimsAhead } from './claims-ahead.js';
import { LaneGate, type Turn } from './lane-gate.js';

const open = new AbortController().signal;

/** A file that is let in and takes its slot at once. */
async function begin(gate: LaneGate, lane: Lane): Promise<Turn> {
  const turn = await gate.enter(lane, open);
  expect(turn.begin()).toBe(true);
  return turn;
}

/** Fills a gate of one slot with work and notes the order in which it is let in. */
async function order(work: Partial<Record<Lane, number>>): Promise<Lane[]> {
  const gate = new LaneGate(1);
  const seen: Lane[] = [];
  const block = await gate.enter('low', open);
  const all = (Object.entries(work) as [Lane, number][]).flatMap(([lane, count]) =>
    Array.from({ length: count }, async () => {
      const turn = await gate.enter(lane, open);
      seen.push(lane);
      turn.leave();
    }),
  );
  block.leave();
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

test('a closed lane refuses who waits and who comes, those inside go on, and other lanes are let in', async () => {
  const gate = new LaneGate(1);
  const inside = await begin(gate, 'low');
  const refusals = [gate.enter('low', open), gate.enter('low', open)].map((entered) =>
    entered.catch((error: unknown) => error),
  );
  const other = gate.enter('normal', open);
  const paused = new Error('paused');
  gate.close('low', paused);
  expect(await Promise.all(refusals)).toEqual([paused, paused]);
  await expect(gate.enter('low', open)).rejects.toBe(paused);
  expect(gate.active).toBe(1);
  inside.leave();
  (await other).leave();
  gate.open('low');
  (await gate.enter('low', open)).leave();
});

test('never more inside than slots; a slot is given back once', async () => {
  const gate = new LaneGate(2);
  const turns = await Promise.all([begin(gate, 'high'), begin(gate, 'high')]);
  let third = false;
  const waiting = gate.enter('low', open).then((turn) => {
    third = true;
    turn.begin();
  });
  await Promise.resolve();
  expect([gate.active, third]).toEqual([2, false]);
  turns[0]?.leave();
  turns[0]?.leave();
  await waiting;
  expect(gate.active).toBe(2);
});

test('after short tasks files are let in ahead of their slots, which stay as many as they are', async () => {
  const gate = new LaneGate(2, () => 0);
  (await begin(gate, 'high')).leave();
  const turns = await Promise.all(Array.from({ length: 10 }, () => gate.enter('normal', open)));
  const begun: number[] = [];
  const all = turns.map(async (turn, at) => {
    if (!turn.begin()) await turn.wait(open);
    begun.push(at);
    expect(gate.active).toBeLessThanOrEqual(2);
    await new Promise((resolve) => setTimeout(resolve, 5));
    turn.leave();
  });
  expect(begun).toEqual([0, 1]);
  await Promise.all(all);
  expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(gate.active).toBe(0);
});

test('after long tasks nobody is let in ahead', async () => {
  let nowMs = 0;
  const gate = new LaneGate(1, () => nowMs);
  const turn = await begin(gate, 'high');
  nowMs = 50;
  turn.leave();
  await begin(gate, 'high');
  let second = false;
  void gate.enter('high', open).then(() => (second = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(second).toBe(false);
});

test.each([
  [8, undefined, 0],
  [8, 0, 256],
  [8, 1, 160],
  [8, 20, 8],
  [8, 161, 0],
  [1, 60_000, 0],
])('%s slots, tasks of %s ms: %s ahead', (slots, meanMs, ahead) => {
  expect(claimsAhead(slots, meanMs)).toBe(ahead);
});

test('who is told to stop leaves the row', async () => {
  const gate = new LaneGate(1);
  const turn = await begin(gate, 'high');
  const stop = new AbortController();
  const refused = gate.enter('high', stop.signal);
  const next = gate.enter('normal', open);
  stop.abort(new Error('enough'));
  await expect(refused).rejects.toThrow('enough');
  await expect(gate.enter('high', stop.signal)).rejects.toThrow('enough');
  turn.leave();
  (await next).leave();
  expect(gate.active).toBe(0);
});

test('who is told to stop while waiting for a slot leaves its place to the next', async () => {
  const gate = new LaneGate(1);
  (await begin(gate, 'high')).leave();
  const holder = await begin(gate, 'high');
  const [first, second] = await Promise.all([gate.enter('high', open), gate.enter('high', open)]);
  const stop = new AbortController();
  const refused = first.wait(stop.signal);
  const waiting = second.wait(open);
  stop.abort(new Error('enough'));
  await expect(refused).rejects.toThrow('enough');
  first.leave();
  holder.leave();
  await waiting;
  second.leave();
  expect(gate.active).toBe(0);
});
