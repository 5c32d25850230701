import { buildThread } from '../../test/build-thread.js';
import {
  createThreadPool,
  ImageError,
  ThreadDied,
  type ThreadPool,
  type ThreadPoolOptions,
} from '../index.js';

let script: string;
let pool: ThreadPool;

beforeAll(() => {
  script = buildThread('thread-fixture.ts');
});
afterEach(() => pool.close());

const open = (options: Partial<ThreadPoolOptions> = {}): ThreadPool =>
  (pool = createThreadPool({
    script,
    threads: 1,
    tasksPerThread: 100,
    memoryMb: 100,
    timeLimitMs: 20_000,
    ...options,
  }));
/** `vertices` is the thread's id, `faces` the number of the task within its thread. */
const order = (what: string, delayMs = 0, signal?: AbortSignal) =>
  pool.run(Buffer.from(what), { faceLimit: delayMs, texture: 'no' }, signal ? { signal } : {});
const failure = (run: Promise<unknown>): Promise<unknown> =>
  run.then(
    () => 'it succeeded',
    (error: unknown) => error,
  );

test('runs tasks one after the other on one thread, in their order', async () => {
  open();
  const done: number[] = [];
  await Promise.all([30, 0, 10].map((delay, index) => order('wait', delay).then(() => done.push(index))));
  expect(done).toEqual([0, 1, 2]);
  expect(await order('fast')).toMatchObject({ faces: 4 });
});

test('uses several threads at a time', async () => {
  open({ threads: 2 });
  const [one, other] = await Promise.all([order('wait', 300), order('wait', 300)]);
  expect(one.vertices).not.toBe(other.vertices);
});

test('passes progress on, moves the GLB and hands it over whole', async () => {
  open();
  const stages: string[] = [];
  const { glb } = await pool.run(
    Buffer.from('fast'),
    { faceLimit: 48, texture: 'no' },
    { onProgress: (stage, percent) => stages.push(`${stage} ${percent}`) },
  );
  expect(stages).toEqual(['decode 0']);
  expect([glb.length, glb.buffer.byteLength]).toEqual([8, 8]);
});

test('replaces a thread after its tasks', async () => {
  open({ tasksPerThread: 2 });
  const answers = [await order('fast'), await order('fast'), await order('fast')];
  expect(answers.map(({ faces }) => faces)).toEqual([1, 2, 1]);
});

test('replaces a thread that holds too much outside its heap', async () => {
  const reasons: unknown[] = [];
  open({ onReplaced: (why) => reasons.push(why) });
  await order('buffers');
  await order('buffers');
  expect(await order('fast')).toMatchObject({ faces: 1 });
  expect(reasons).toEqual(['memory']);
});

test.each(['exit', 'throw-outside'])('a crash (%s) fails its own task only', async (crash) => {
  open();
  const [died, next] = await Promise.all([failure(order(crash, 5000)), order('fast')]);
  expect(died).toBeInstanceOf(ThreadDied);
  expect(died).toMatchObject({ reason: 'crash' });
  expect(next.faces).toBe(1);
});

test('a heap beyond its limit ends the thread as memory', async () => {
  open({ memoryMb: 30 });
  expect(await failure(order('heap'))).toMatchObject({ name: 'ThreadDied', reason: 'memory' });
  expect(await order('fast')).toMatchObject({ faces: 1 });
});

test('the time limit ends even a thread that never yields', async () => {
  const reasons: unknown[] = [];
  open({ timeLimitMs: 700, onReplaced: (why) => reasons.push(why) });
  const [died, next] = await Promise.all([failure(order('loop')), order('fast')]);
  expect(died).toMatchObject({ name: 'ThreadDied', reason: 'time-limit' });
  expect(next.faces).toBe(1);
  expect(reasons).toEqual(['time-limit']);
});

test('abort ends a running task and the queue goes on', async () => {
  open();
  const controller = new AbortController();
  const running = failure(order('loop', 0, controller.signal));
  const next = order('fast');
  setTimeout(() => controller.abort(new Error('not wanted')), 300);
  expect(await running).toEqual(new Error('not wanted'));
  expect((await next).faces).toBe(1);
});

test('abort takes a waiting task out of the queue and leaves the thread alone', async () => {
  open();
  const controller = new AbortController();
  const first = order('wait', 300);
  const waiting = failure(order('exit', 0, controller.signal));
  controller.abort(new Error('not wanted'));
  expect(await waiting).toEqual(new Error('not wanted'));
  expect([(await first).faces, (await order('fast')).faces]).toEqual([1, 2]);
  expect(await failure(order('fast', 0, controller.signal))).toEqual(new Error('not wanted'));
});

test('errors of the task itself come back as what they are, and the thread stays', async () => {
  open();
  const cut = await failure(order('truncated'));
  expect(cut).toBeInstanceOf(ImageError);
  expect(cut).toMatchObject({ code: 'input.truncated', message: 'cut' });
  expect(await failure(order('fail'))).toMatchObject({ message: 'no such thing' });
  expect((await order('fast')).faces).toBe(3);
});

test('close rejects what waits, what runs, and what comes later', async () => {
  open();
  const tasks = [failure(order('loop')), failure(order('fast'))];
  await pool.close();
  expect(await Promise.all([...tasks, failure(order('fast'))])).toEqual(
    Array.from({ length: 3 }, () => new Error('The thread pool is closed.')),
  );
});

test('a script that does not exist fails the task', async () => {
  open({ script: '/nowhere/thread.js' });
  expect(await failure(order('fast'))).toMatchObject({ name: 'ThreadDied', reason: 'crash' });
});
