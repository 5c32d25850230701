import { setTimeout as pause } from 'node:timers/promises';
import { newBatchId, newIntentId, settingsSchema } from '@image2model/contracts';
import {
  closingAfterAll,
  defaultFalKey,
  photo,
  startFalStandIn,
  startReceiver,
  type FalStandIn,
  type Receiver,
} from '@image2model/testing';
import { createFalApi } from './create-fal-api.js';
import { falEndpointOf } from './endpoints/fal-endpoints.js';
import type { FalApi } from './fal-api.js';
import type { FalHandle } from './fal-handle.js';
import { isFalDownloadHost, routeFalUrl } from './fal-hosts.js';
import { pickModel } from './pick-model.js';
import { createWebhookVerifier } from './webhook-verifier.js';
import { webhookPath } from './webhook-token.js';

const closing = closingAfterAll();
const { signal } = new AbortController();
let fal: FalStandIn;
let api: FalApi;
let receiver: Receiver;
let bytes: Buffer;
beforeAll(async () => {
  fal = closing(await startFalStandIn({ duration: { kind: 'fixed', ms: 50 }, concurrency: 1 }));
  bytes = await photo();
  receiver = closing(await startReceiver());
  api = createFalApi({ key: defaultFalKey, origin: fal.origin });
});

const endpointOf = (id: string) => {
  const found = falEndpointOf({ endpoint: id });
  if (found === undefined) throw new Error(id);
  return found;
};
const upload = async (): Promise<string> => api.upload({ bytes, type: 'image/jpeg', name: 'a.jpg' }, signal);
const submitted = async (id: string, imageUrl: string, webhookUrl?: string): Promise<FalHandle> => {
  const input = endpointOf(id).input(settingsSchema.parse({}), imageUrl);
  const answer = await api.submit({ endpoint: id, input, webhookUrl });
  if (answer.outcome !== 'accepted') throw answer.failure;
  return answer.handle;
};
const ended = async (handle: FalHandle): Promise<void> => {
  while ((await api.status(handle, signal)).state !== 'completed') await pause(20);
};

it.each(['tripo3d/tripo/v2.5/image-to-3d', 'fal-ai/trellis'])(
  '%s gives a GLB for an image, told by webhook',
  async (id) => {
    const imageUrl = await upload();
    const intent = newIntentId(newBatchId(), 0);
    const before = receiver.requests.length;
    const handle = await submitted(id, imageUrl, receiver.url + webhookPath('key', intent));
    await ended(handle);
    const model = pickModel(endpointOf(id), await api.result(handle, signal));
    expect(isFalDownloadHost(new URL(model.url), fal.origin)).toBe(true);
    const glb = Buffer.from(await (await fetch(routeFalUrl(model.url, fal.origin))).arrayBuffer());
    expect(glb.subarray(0, 4).toString()).toBe('glTF');
    expect(glb.length).toBe(model.bytes);

    const [call] = (await receiver.waitForRequests(before + 1)).slice(before);
    const header = (name: string): string | undefined => call?.headers[`x-fal-webhook-${name}`]?.toString();
    expect(call?.path).toBe(webhookPath('key', intent));
    expect(
      await createWebhookVerifier({ origin: fal.origin }).verify({
        requestId: header('request-id'),
        userId: header('user-id'),
        timestamp: header('timestamp'),
        signature: header('signature'),
        body: Buffer.from(call?.text ?? ''),
      }),
    ).toBe('good');
  },
);

it('finds a request whose answer was lost in the listing, and goes on with it', async () => {
  const imageUrl = await upload();
  const id = 'fal-ai/trellis';
  fal.control({ faults: [{ fault: 'reset_after_accept', image: imageUrl }] });
  const input = endpointOf(id).input(settingsSchema.parse({}), imageUrl);
  expect(await api.submit({ endpoint: id, input })).toMatchObject({ outcome: 'unknown' });
  const window = { fromMs: Date.now() - 60_000, toMs: Date.now() + 60_000 };
  const found = (await api.listing(id, window, signal)).filter(({ imageUrls }) =>
    imageUrls.includes(imageUrl),
  );
  expect(found).toHaveLength(1);
  const handle = api.handleFor(id, found[0]?.requestId ?? '');
  await ended(handle);
  expect(await api.result(handle, signal)).toMatchObject({ model_mesh: {} });
});

it.each([
  ['image_load_error', 'input'],
  ['content_policy', 'policy'],
  ['runner_error', 'job_failed'],
  ['expired', 'expired'],
] as const)('knows a generation that ended as %s for %s', async (fault, kind) => {
  const imageUrl = await upload();
  fal.control({ faults: [{ fault, image: imageUrl }] });
  const handle = await submitted('fal-ai/trellis', imageUrl);
  const outcome = ended(handle).then(() => api.result(handle, signal));
  await expect(outcome).rejects.toMatchObject({ kind });
});

it('cancels what waits, and hears of what has ended or never was', async () => {
  const [running, waiting] = [await upload(), await upload()];
  fal.control({ concurrency: 0 });
  const handle = await submitted('fal-ai/trellis', waiting);
  expect(await api.status(handle, signal)).toMatchObject({ state: 'queued' });
  expect(await api.cancel(handle, signal)).toBe('requested');
  fal.control({ concurrency: 1 });
  const done = await submitted('fal-ai/trellis', running);
  await ended(done);
  expect(await api.cancel(done, signal)).toBe('already_completed');
  expect(await api.cancel(api.handleFor('fal-ai/trellis', 'never'), signal)).toBe('not_found');
});

it.each([
  ['unknown', 'auth'],
  ['locked', 'account'],
  ['forbidden', 'auth'],
] as const)('says of a key that is %s: %s', async (state, kind) => {
  fal.control({ keys: { [defaultFalKey]: state } });
  await expect(upload()).rejects.toMatchObject({ kind });
  expect(await api.submit({ endpoint: 'fal-ai/trellis', input: {} })).toMatchObject({
    outcome: 'refused',
    failure: { kind },
  });
  fal.control({ keys: { [defaultFalKey]: 'ok' } });
});
