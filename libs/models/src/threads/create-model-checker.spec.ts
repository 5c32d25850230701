import { Failure } from '@image2model/contracts';
import { buildThread } from '../../test/build-thread.js';
import { makeModel, textured } from '../../test/make-model.js';
import { createModelChecker, ModelRefused, type CheckedModel, type ModelChecker } from '../index.js';

let script: string;
let checker: ModelChecker;

beforeAll(() => {
  script = buildThread('thread-fixture.ts');
});
afterEach(() => checker.close());

const open = (over: { threads?: number; timeLimitMs?: number; memoryMb?: number; script?: string } = {}) =>
  (checker = createModelChecker({ script, threads: 1, timeLimitMs: 20_000, memoryMb: 100, ...over }));
const check = (
  what: string,
  faceLimit = 0,
  signal: AbortSignal = new AbortController().signal,
): Promise<CheckedModel> =>
  checker.check(Buffer.from(what), { faceLimit, texture: false, gate: false }, signal);
const failure = (made: Promise<unknown>): Promise<unknown> =>
  made.then(
    () => 'it succeeded',
    (error: unknown) => error,
  );

test('checks one after the other on one thread, in their order', async () => {
  open();
  const done: number[] = [];
  const orders = [60, 0, 20].map((delay, index) => check('wait', delay).then(() => done.push(index)));
  await Promise.all(orders);
  expect(done).toEqual([0, 1, 2]);
  expect(await check('pass')).toMatchObject({ faces: 4, simplified: false });
});

test('uses several threads at a time', async () => {
  open({ threads: 2 });
  const [one, other] = await Promise.all([check('wait', 300), check('wait', 300)]);
  expect(one.vertices).not.toBe(other.vertices);
});

test('gives an unchanged model back as it is, and a smaller one whole', async () => {
  open();
  const glb = Buffer.from('pass');
  const want = { faceLimit: 0, texture: false, gate: false };
  expect((await checker.check(glb, want, new AbortController().signal)).glb).toBe(glb);
  const { glb: smaller, simplified } = await check('smaller');
  expect([Buffer.from(smaller).toString(), simplified]).toEqual(['less', true]);
});

test('refusals come through by code; a bug of ours keeps its message', async () => {
  open();
  const refused = await failure(check('refuse'));
  expect(refused).toBeInstanceOf(ModelRefused);
  expect(refused).toMatchObject({ code: 'quality.no_faces', message: 'none' });
  expect(await failure(check('throw'))).toMatchObject({ message: 'a bug' });
  expect(await check('pass')).toMatchObject({ faces: 3 });
});

test.each([
  ['die', {}],
  ['spin', { timeLimitMs: 3_000 }],
  ['hoard', { memoryMb: 30 }],
])('a thread that ends at "%s" fails its own model alone and is replaced', async (what, options) => {
  open(options);
  const [bad, good] = await Promise.all([failure(check(what)), check('pass')]);
  expect(bad).toBeInstanceOf(Failure);
  expect(bad).toMatchObject({ kind: 'crash', code: 'crash.model_check' });
  expect(good).toMatchObject({ faces: 1 });
});

test('a thread that holds too much afterwards is replaced', async () => {
  open({ memoryMb: 100 });
  expect(await check('swell', 20)).toMatchObject({ faces: 1 });
  expect(await check('swell', 150)).toMatchObject({ faces: 2 });
  expect(await check('pass')).toMatchObject({ faces: 1 });
});

test('an abort ends what runs and takes what waits out of the line', async () => {
  open();
  const [running, waiting] = [new AbortController(), new AbortController()];
  const first = failure(check('spin', 0, running.signal));
  const second = failure(check('pass', 0, waiting.signal));
  const third = check('pass');
  waiting.abort('not needed');
  expect(await second).toBe('not needed');
  running.abort('stopped');
  expect(await first).toBe('stopped');
  expect(await third).toMatchObject({ faces: 1 });
  expect(await failure(check('pass', 0, AbortSignal.abort('never')))).toBe('never');
});

test('closing rejects all there is', async () => {
  open();
  const ends = [check('spin'), check('pass')].map(failure);
  await checker.close();
  for (const end of [...ends, failure(check('pass'))])
    expect(await end).toMatchObject({ message: expect.stringMatching(/closed/) });
});

test('a bundled thread checks and simplifies real models', async () => {
  open({ script: buildThread('model-thread.ts'), memoryMb: 512 });
  const glb = await makeModel(textured(120));
  const want = { faceLimit: 5_000, texture: true, gate: true };
  const { faces, simplified } = await checker.check(glb, want, new AbortController().signal);
  expect(simplified).toBe(true);
  expect([faces <= 5_000, faces > 4_900]).toEqual([true, true]);
});
