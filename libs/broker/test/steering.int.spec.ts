import { alertSend, fileSettled, modelGenerate, queues } from '@image2model/contracts';
import { waitFor } from '@image2model/testing';
import { defineHandler, type Broker } from '../src/index.js';
import { createFixture, type Fixture } from './support/fixture.js';
import { generate, generateHandler, queue } from './support/generate.js';
import { restingWork } from './support/resting-work.js';

let fixture: Fixture;
let broker: Broker;
beforeAll(async () => {
  fixture = await createFixture();
});
beforeEach(async () => {
  broker = await fixture.open({ drainMs: 1_500 });
});
afterEach(() => fixture.reset());
afterAll(() => fixture.close());

const send = (...ids: string[]): Promise<void> =>
  broker.publishMany(
    modelGenerate,
    ids.map((id, fileIdx) => ({ ...generate(id), batchId: 'bat_x', fileIdx })),
    { lane: 'high' },
  );
/** Works until it is let go. */
function holdingWork(): ReturnType<typeof restingWork> & { free: () => void } {
  const held: (() => void)[] = [];
  const work = restingWork(async (id, { signal, rest }) => {
    signal.throwIfAborted();
    if (id === 'rests') rest();
    signal.addEventListener('abort', () => held.splice(0).forEach((end) => end()), { once: true });
    return new Promise((resolve) => held.push(resolve));
  });
  return { ...work, free: () => held.splice(0).forEach((end) => end()) };
}
const loadOf = (name = queue.name) => broker.report().queues.find(({ queue: of }) => of === name);

describe('report', () => {
  it('names what is in work, what rests, what waits inside and what was done', async () => {
    const work = restingWork();
    await broker.consume([generateHandler(work.handle, { prefetch: 2, restMost: 1 })]);
    expect(loadOf()).toMatchObject({ unacked: 0, active: 0, handled: 0, oldestUnackedMs: null });
    await send('1', '2', '3', '4', '5', '6');
    // one rests, two would like to and count as working; the others wait, here or in the queue
    await waitFor(() => work.inHand() === 3, { everyMs: 10 });
    const { active } = broker.report();
    expect(active.map(({ messageId }) => messageId)).toEqual(['1', '2', '3']);
    expect(active[0]).toMatchObject({ task: 'model.generate', batchId: 'bat_x', fileIdx: 0, resting: true });
    expect(Math.abs((active[0]?.sinceMs ?? 0) - Date.now())).toBeLessThan(10_000);
    expect(loadOf()).toMatchObject({
      task: 'model.generate',
      prefetch: 2,
      restMost: 1,
      active: 3,
      resting: 1,
    });
    expect(broker.report(1).active).toHaveLength(1);
    work.letGo(2);
    await waitFor(() => broker.report().handled['model.generate:done'] === 2, { everyMs: 10 });
    expect(loadOf()?.handled).toBe(2);
    expect(loadOf()?.unacked).toBeGreaterThanOrEqual(loadOf()?.active ?? 0);
    await waitFor(() => (work.letGo(), work.done() === 6), { everyMs: 10 });
    await waitFor(() => loadOf()?.unacked === 0, { everyMs: 10 });
  });

  it('counts what failed by what became of it, and raw queues without naming them', async () => {
    await broker.consume([
      defineHandler({
        consumes: alertSend,
        queue: queues.alertSend,
        prefetch: 1,
        emits: [],
        handle: () => Promise.reject(new Error('no')),
      }),
    ]);
    await broker.consumeRaw(`${queue.name}.dead`, 1, () => Promise.resolve());
    await broker.publishRaw(queues.alertSend.name, { body: Buffer.from('no message'), headers: {} });
    await broker.publishRaw(`${queue.name}.dead`, { body: Buffer.from('dead'), headers: {} });
    await waitFor(() => loadOf(`${queue.name}.dead`)?.handled === 1, { everyMs: 10 });
    await waitFor(() => broker.report().handled['alert.send:invalid'] === 1, { everyMs: 10 });
    expect(Object.keys(broker.report().handled)).toEqual(['alert.send:invalid']);
  });
});

describe('pause and resume of a queue', () => {
  it('lets what is in work end, gives the rest back and takes nothing; then goes on', async () => {
    const work = holdingWork();
    await broker.consume([generateHandler(work.handle, { prefetch: 2, restMost: 1 })]);
    await send('rests', '2', '3', '4', '5', '6');
    // what rests brought more than may be in work
    await waitFor(() => work.inHand() === 3 && loadOf()?.unacked === 6, { everyMs: 10 });
    await broker.pause([queue.name]);
    await waitFor(async () => (await broker.depth(queue.name)).ready === 3, { everyMs: 20 });
    expect(loadOf()).toMatchObject({ paused: true, active: 3, unacked: 3 });
    work.free();
    await waitFor(() => work.done() === 3, { everyMs: 10 });
    // the broker counts a cancelled consumer until what it has in hand is acked
    await waitFor(async () => (await broker.depth(queue.name)).consumers === 0, { everyMs: 20 });
    await send('7');
    await waitFor(async () => (await broker.depth(queue.name)).ready === 4, { everyMs: 20 });
    expect([work.seen.size, loadOf()?.unacked]).toEqual([3, 0]);
    await broker.resume([queue.name]);
    await waitFor(() => (work.free(), work.done() === 7), { everyMs: 10 });
    expect(loadOf()).toMatchObject({ paused: false });
    expect(fixture.tasks.every(({ outcome }) => outcome === 'done')).toBe(true);
  });

  it('resumed at once: no more is in work than may be, and all of it is done', async () => {
    const work = holdingWork();
    await broker.consume([generateHandler(work.handle, { prefetch: 2, restMost: 1 })]);
    await send('rests', '2', '3', '4', '5', '6');
    await waitFor(() => work.inHand() === 3 && loadOf()?.unacked === 6, { everyMs: 10 });
    await Promise.all([broker.pause([queue.name]), broker.resume([queue.name])]);
    expect(work.inHand()).toBe(3);
    await waitFor(() => (work.free(), work.done() === 6), { everyMs: 10 });
    expect(work.mostInHand()).toBe(3);
  });

  it('stays paused over a reconnect, and begins paused when it was paused before it is consumed', async () => {
    const work = restingWork(() => Promise.resolve());
    await broker.pause([queue.name]);
    await broker.consume([generateHandler(work.handle)]);
    await send('1');
    await fixture.proxy.refuse();
    await waitFor(() => !broker.state.connected);
    await fixture.proxy.accept();
    await waitFor(() => broker.state.connected);
    await send('2');
    expect(await fixture.left(queue.name)).toBe(2);
    await broker.resume([queue.name]);
    await waitFor(() => work.done() === 2, { everyMs: 10 });
  });
});

describe('drain and undrain', () => {
  it('tells handlers to stop, gives the rest back, publishes on, and consumes again', async () => {
    const work = holdingWork();
    await broker.consume([generateHandler(work.handle, { prefetch: 2 })]);
    await send('1', '2', '3', '4');
    await waitFor(() => work.inHand() === 2, { everyMs: 10 });
    await broker.drain();
    expect([work.inHand(), await fixture.left(queue.name)]).toEqual([0, 2]);
    await send('5');
    expect((await broker.depth(queue.name)).consumers).toBe(0);
    await broker.undrain();
    await waitFor(() => (work.free(), work.done() === 5), { everyMs: 10 });
    // what was counted before counts on
    expect(broker.report().handled['model.generate:done']).toBe(5);
    await broker.drain();
    await broker.close();
  });
});

describe('purge and depth', () => {
  it('drops what nobody has taken and says how much it was', async () => {
    await send('1', '2', '3');
    expect(await broker.purge(queue.name)).toBe(3);
    expect(await broker.depth(queue.name)).toEqual({ ready: 0, consumers: 0 });
    expect(await broker.purge(queue.name)).toBe(0);
  });

  it('names a queue that is not there, and answers the next question', async () => {
    const missing = { code: 'dependency.queue_missing' };
    const asked = [broker.purge('no-such'), broker.depth('no-such'), broker.readyCount(queue.name)];
    const answers = await Promise.allSettled(asked);
    expect(answers).toMatchObject([
      { status: 'rejected', reason: missing },
      { status: 'rejected', reason: missing },
      { status: 'fulfilled', value: 0 },
    ]);
  });
});

describe('signals prerun, postrun, failure and retry: one hook around every task', () => {
  it('reports each delivery once, with what became of it', async () => {
    const ends: Record<string, () => Promise<void>> = {
      '1': () => Promise.resolve(),
      '2': () => Promise.reject(new Error('no')),
    };
    await broker.consume([
      generateHandler(async ({ id }, { publish }) => {
        await publish(fileSettled, { payload: { files: [1] } });
        await ends[id]?.();
      }),
    ]);
    await send('1', '2');
    await waitFor(() => fixture.tasks.length === 2, { everyMs: 10 });
    const byOutcome = [...fixture.tasks].sort((a, b) => a.outcome.localeCompare(b.outcome));
    expect(byOutcome).toMatchObject([
      { outcome: 'done', type: 'model.generate', queue: queue.name },
      { outcome: 'retried', kind: 'unexpected' },
    ]);
    expect(fixture.tasks.every(({ seconds }) => seconds >= 0)).toBe(true);
  });
});
