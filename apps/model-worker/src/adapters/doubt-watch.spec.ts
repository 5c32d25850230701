import { setTimeout as sleep } from 'node:timers/promises';
import { createFalApi, type FalApi } from '@image2model/fal';
import { photo, startFalStandIn, type FalStandIn } from '@image2model/testing';
import type { Generation } from '../domain/paid-file.js';
import { DoubtWatch } from './doubt-watch.js';

const endpoint = 'fal-ai/trellis';
const signal = new AbortController().signal;
let fal: FalStandIn;
let api: FalApi;
let bytes: Uint8Array;
beforeAll(async () => {
  bytes = await photo({ width: 64, height: 64 });
});
beforeEach(async () => {
  fal = await startFalStandIn({ concurrency: 2, duration: { kind: 'fixed', ms: 60_000 } });
  api = createFalApi({ key: 'stand-in-key', origin: fal.origin });
});
afterEach(() => fal.close());

const upload = (): Promise<string> => api.upload({ bytes, type: 'image/jpeg', name: 'a.jpg' }, signal);
async function submit(imageUrl: string): Promise<Generation> {
  const answer = await api.submit({ endpoint, input: { image_url: imageUrl } });
  if (answer.outcome !== 'accepted') throw new Error('the submit was not accepted');
  return { intent: imageUrl, handle: answer.handle, boundAtMs: Date.now() };
}
/** @param running what the poller watches */
const watchOf = (running: Generation[]): DoubtWatch =>
  new DoubtWatch({ api, unfinished: () => running, times: { absentAfterMs: 50, laterMs: 5 } });
const doubtOf = (imageUrl: string): { intent: string; imageUrl: string; intentAtMs: number } => ({
  intent: 'i',
  imageUrl,
  intentAtMs: Date.now(),
});

test('finds the request by its image', async () => {
  const doubt = doubtOf(await upload());
  const { handle } = await submit(doubt.imageUrl);
  expect(await watchOf([]).find(doubt, endpoint, signal)).toEqual({
    found: [handle.requestId],
    absent: false,
  });
});

test('a later request that is listed and still runs proves that nothing was made of the intent', async () => {
  const doubt = doubtOf(await upload());
  await sleep(60);
  const later = await submit(await upload());
  expect(await watchOf([later]).find(doubt, endpoint, signal)).toEqual({ found: [], absent: true });
});

test('nothing later, nothing proven', async () => {
  const earlier = await submit(await upload());
  await sleep(20);
  const doubt = doubtOf(await upload());
  await sleep(60);
  expect(await watchOf([earlier]).find(doubt, endpoint, signal)).toEqual({ found: [], absent: false });
  expect(await watchOf([]).find(doubt, endpoint, signal)).toEqual({ found: [], absent: false });
});

test('a listing of ended requests alone proves nothing', async () => {
  fal.control({ listing: { finishedOnly: true } });
  const doubt = doubtOf(await upload());
  await sleep(60);
  const later = await submit(await upload());
  expect(await watchOf([later]).find(doubt, endpoint, signal)).toEqual({ found: [], absent: false });
  fal.control({ finish: true });
  await sleep(50);
  expect(await watchOf([later]).find(doubt, endpoint, signal)).toEqual({ found: [], absent: false });
});

test('a young intent may still be under way', async () => {
  const watch = new DoubtWatch({ api, unfinished: () => [], times: { absentAfterMs: 60_000, laterMs: 0 } });
  const doubt = doubtOf(await upload());
  await submit(await upload());
  expect(await watch.find(doubt, endpoint, signal)).toEqual({ found: [], absent: false });
});

test('without a listing nothing is known', async () => {
  fal.control({ listing: { enabled: false } });
  expect(await watchOf([]).find(doubtOf(await upload()), endpoint, signal)).toBeUndefined();
});
