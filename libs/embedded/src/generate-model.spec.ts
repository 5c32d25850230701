import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildThread } from '../test/build-thread.js';
import { ModelBench } from '../test/model-bench.js';
import { createThreadPool, generateModel, type ModelOptions } from './index.js';

const sample = (name: string): Buffer => readFileSync(join(__dirname, '../../../samples', name));
let bench: ModelBench;
beforeAll(() => {
  bench = new ModelBench();
});
afterAll(() => bench.close());

test.each(['coffee.png', 'chelsea.png', 'rocket.jpg', 'astronaut.png'])(
  '%s is a sound model at every limit',
  async (name) => {
    const limits = [48, 500, 1000, 1001, 10_000, 50_000];
    const made = await Promise.all(
      limits.map((faceLimit) => bench.makeSound(sample(name), { faceLimit, texture: 'standard' })),
    );
    expect(made.map(({ model }) => model.faces)).toEqual([48, 500, 1000, 1000, 10_000, 50_000]);
    expect(made.map(({ model }) => model.relief)).not.toContain(true);
    for (const { report } of made.slice(-2)) expect(report.stretchedFaces / report.faces).toBeLessThan(0.01);
  },
  60_000,
);

test('reaches the largest limit', async () => {
  const { model } = await bench.makeSound(sample('rocket.jpg'), { faceLimit: 500_000, texture: 'no' });
  expect(model.faces).toBe(500_000);
}, 30_000);

test.each([4, 5, 7, 12])(
  'even %d faces are a closed body',
  async (faceLimit) => {
    await bench.makeSound(sample('astronaut.png'), { faceLimit, texture: 'no' });
  },
  20_000,
);

test('texture settings differ in the image they carry', async () => {
  const settings = ['no', 'standard', 'HD'] as const;
  const made = await Promise.all(
    settings.map((texture) => bench.makeSound(sample('coffee.png'), { faceLimit: 10_000, texture })),
  );
  for (const { report } of made) expect(report.stretchedFaces / report.faces).toBeLessThan(0.01);
  const glbs = made.map(({ model }) => Buffer.from(model.glb));
  expect(glbs.map((glb) => glb.includes('image/jpeg'))).toEqual([false, true, true]);
  const sizes = glbs.map((glb) => glb.length);
  expect(sizes).toEqual([...sizes].sort((one, other) => one - other));
}, 30_000);

test('progress names its stages in order', async () => {
  const { stages } = await bench.make(sample('rocket.jpg'), { faceLimit: 500, texture: 'standard' });
  expect(stages.map(([stage]) => stage)).toEqual(['decode', 'mask', 'shape', 'mesh', 'texture', 'write']);
  const percents = stages.map(([, percent]) => percent);
  expect(percents).toEqual([...percents].sort((one, other) => one - other));
}, 20_000);

test.each([0, 3, 2.5, NaN, 1_000_001])('a face limit of %d is refused', async (faceLimit) => {
  await expect(generateModel(sample('rocket.jpg'), { faceLimit, texture: 'no' })).rejects.toThrow(RangeError);
});

test('the same bytes every time: again, after other photos, and in fresh threads of a pool', async () => {
  const options: ModelOptions = { faceLimit: 5000, texture: 'standard' };
  const { model, sha256 } = await bench.make(sample('coffee.png'), options);
  await bench.make(sample('astronaut.png'), options);
  expect((await bench.make(sample('coffee.png'), options)).sha256).toBe(sha256);
  const script = buildThread('embedded-thread.ts');
  const pool = createThreadPool({
    script,
    threads: 2,
    tasksPerThread: 1,
    memoryMb: 400,
    timeLimitMs: 60_000,
  });
  try {
    const models = await Promise.all([1, 2, 3].map(() => pool.run(sample('coffee.png'), options)));
    for (const { glb } of models) expect(Buffer.from(model.glb).equals(glb)).toBe(true);
  } finally {
    await pool.close();
  }
}, 60_000);
