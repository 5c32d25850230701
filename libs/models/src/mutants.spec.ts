import { makeModel, textured } from '../test/make-model.js';
import { checkModel } from './check-model.js';
import { ModelRefused } from './model-refused.js';

const seed = 20_241;
const mutants = 300;

/** mulberry32 */
function randomFrom(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) % below;
  };
}

/** Half of the changes hit the header and the JSON, where lengths and references are. */
function mutate(good: Uint8Array, random: (below: number) => number): Uint8Array {
  const bytes = Buffer.from(good);
  const textEnd = 20 + bytes.readUInt32LE(12);
  if (random(8) === 0) return bytes.subarray(0, random(bytes.length));
  for (let change = random(4); change >= 0; change--) {
    const at = random(2) === 0 ? random(textEnd) : random(bytes.length - 4);
    const digit = bytes.indexOf(String(random(10)), at);
    if (random(2) === 0 && digit > 0) bytes[digit] = 0x30 + random(10);
    else if (random(3) === 0)
      bytes.writeUInt32LE([0, 0xffffffff, 0x7fc00000, random(2 ** 32)][random(4)] ?? 0, at);
    else bytes[at] = random(256);
  }
  return bytes;
}

test(`${mutants} damaged models (seed ${seed}) pass or are refused, and nothing else`, async () => {
  const good = await makeModel(textured(12));
  const random = randomFrom(seed);
  const outcomes = new Map<string, number>();
  for (let mutant = 0; mutant < mutants; mutant++) {
    const glb = mutate(good, random);
    const want = { faceLimit: [50, 50_000][random(2)] ?? 50, texture: random(2) === 0, gate: random(3) > 0 };
    const outcome = await checkModel(glb, want).then(
      ({ faces }) => (faces <= want.faceLimit ? 'passed' : `passed with ${faces} faces`),
      (error: unknown) => (error instanceof ModelRefused ? error.code : `mutant ${mutant}: ${String(error)}`),
    );
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  const strange = [...outcomes.keys()].filter((outcome) => !/^(passed|quality\.\w+)$/.test(outcome));
  expect(strange).toEqual([]);
  // they reach deep enough: some pass, and the refusals are of many kinds
  expect(outcomes.get('passed')).toBeGreaterThan(10);
  expect(outcomes.size).toBeGreaterThanOrEqual(4);
});
