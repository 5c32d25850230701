import { generationNotified } from '@image2model/contracts';
import {
  closingAfterAll,
  photo,
  startFalStandIn,
  waitFor,
  type FalStandIn,
  type FaultName,
} from '@image2model/testing';
import { openBench, type Bench } from './support/bench.js';

const closing = closingAfterAll();
const price = 300_000;
let bench: Bench;
let fal: FalStandIn;
let image: Uint8Array;
beforeAll(async () => {
  bench = closing(await openBench());
  image = await photo();
  fal = closing(await startFalStandIn({ seed: 7, concurrency: 8, duration: { kind: 'fixed', ms: 100 } }));
  await bench.start({
    ...{ FAL_KEY: 'stand-in-key', FAL_ORIGIN: fal.origin, FAL_CONCURRENCY: '8' },
    ...{ FAL_MAX_MODEL_MB: '5', SOFT_LIMIT_S: '5', HARD_LIMIT_S: '12' },
  });
});
beforeEach(() => {
  fal.control({ faults: [], duration: { kind: 'fixed', ms: 100 }, faces: 500 });
});

/** One file, with the settings and under the fault. @returns its end, and the jobs it took */
async function end(
  fault: FaultName | null,
  settings: Record<string, unknown> = {},
): Promise<{ id: string; jobs: number; file: Awaited<ReturnType<Bench['file']>>; spentMicro: number }> {
  const before = fal.ledger().length;
  fal.control({ faults: fault === null ? [] : [{ fault, times: 3, bytes: 6_000_000 }] });
  const id = await bench.newBatch({ total: 1, provider: 'fal', image, settings });
  await waitFor(async () => !['running', 'pending'].includes((await bench.file(id, 0)).state), {
    timeoutMs: 60_000,
    what: `the end of a file with ${String(fault)}`,
  });
  const [file, { spentMicro }] = [await bench.file(id, 0), await bench.batch(id)];
  return { id, file, spentMicro, jobs: fal.ledger().length - before };
}

test.each([
  ['image_load_error', 'input'],
  ['content_policy', 'policy'],
  ['not_glb', 'quality.not_glb'],
  ['zip', 'quality'],
  ['no_texture', 'quality.no_texture'],
  ['too_large', 'quality.too_large'],
  ['foreign_host', 'quality.download_host'],
  ['redirect', 'quality.download_host'],
  ['no_model', 'quality.no_model'],
  ['expired', 'expired'],
] as const)('%s fails the file for one job, as %s', async (fault, code) => {
  const { file, jobs, spentMicro } = await end(fault, { texture: 'standard' });
  expect(file.state).toBe('failed');
  expect(file.error?.code.startsWith(code)).toBe(true);
  expect(file.error?.message).not.toMatch(/https?:|stand-in-key|\/work\/|\/tmp\//);
  expect([jobs, spentMicro]).toEqual([1, price]);
});

test('a model that is refused is kept to be looked at, and not delivered', async () => {
  const { id, file } = await end('no_texture', { texture: 'standard' });
  const kept: string[] = [];
  for await (const object of bench.storage.list(`batches/${id}/rejected`)) kept.push(object.key);
  expect(kept).toHaveLength(1);
  expect(file.model).toBeNull();
});

test.each([
  ['without the gate', { texture: 'standard', quality_gate: false }],
  ['where no texture was asked for', {}],
])('%s it is delivered', async (_, settings) => {
  const { file } = await end('no_texture', settings);
  expect(file.state).toBe('completed');
});

test('a model with too many faces is simplified here', async () => {
  const { file } = await end('many_faces', { face_limit: 400 });
  expect(file.state).toBe('completed');
  expect(file.model?.faces).toBeLessThanOrEqual(400);
});

test('a generation that fal ends unbilled is refunded and submitted anew', async () => {
  const before = fal.ledger().length;
  fal.control({ faults: [{ fault: 'runner_error', times: 1 }] });
  const id = await bench.newBatch({ total: 1, provider: 'fal', image });
  await bench.waitForState(id, 'completed', 60_000);
  const jobs = fal.ledger().slice(before);
  expect(jobs.map(({ billed }) => billed)).toEqual([false, true]);
  expect(await bench.batch(id)).toMatchObject({ spentMicro: price, reservedMicro: 0 });
  expect(await bench.file(id, 0)).toMatchObject({ costMicro: price, attempts: 2 });
});

test('the hard limit counts from the submit: fal is asked to cancel, and the file fails as timeout', async () => {
  fal.control({ duration: { kind: 'fixed', ms: 60_000 }, cancelRunning: 'stops' });
  const id = await bench.newBatch({ total: 1, provider: 'fal', image });
  await bench.waitForState(id, 'failed', 40_000);
  expect((await bench.file(id, 0)).error).toMatchObject({ code: 'timeout' });
  expect(fal.ledger().at(-1)).toMatchObject({ cancelled: true });
});

test('a callback about an intent that nobody knows asks fal to cancel the request', async () => {
  const id = await bench.newBatch({ total: 1, provider: 'fal', image, fanOut: false });
  const intent = `int_${id.slice(4)}_0_0123456789abcdef`;
  const payload = { provider: 'fal', intent, requestId: 'req-of-a-zombie' };
  await bench.broker.publish(generationNotified, { id: `n:${intent}`, batchId: id, fileIdx: 0, payload });
  const metric = async (): Promise<string> =>
    (await (await fetch(`${bench.workerUrl()}/metrics`)).text())
      .split('\n')
      .filter((line) => line.startsWith('image2model_extra_submits_total'))
      .join();
  await waitFor(async () => / 1$/.test(await metric()), { what: 'the extra request' });
});
