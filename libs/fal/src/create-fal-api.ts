import { createFalClient } from '@fal-ai/client';
import { Failure } from '@image2model/contracts';
import { z } from 'zod';
import type { FalApi, FalOptions, FalStatus } from './fal-api.js';
import { CallEnded, falFetch, jsonOf, openFal, type Caller } from './fal-fetch.js';
import { errorOf } from './fal-error-body.js';
import { handleFor, type FalHandle } from './fal-handle.js';
import { failureOfAnswer, type FalCall } from './failure-of-answer.js';
import { listRequests } from './list-requests.js';
import { submitOnce } from './submit-once.js';

const callLimitMs = 30_000;
const uploadLimitMs = 120_000;
const submitLimitMs = 20_000;

/** fal.ai by its client; the paid submit alone is a request of ours. */
export function createFalApi(options: FalOptions): FalApi {
  const { key, origin } = options;
  const limitMs = options.callLimitMs ?? callLimitMs;
  const caller = (call: FalCall, signal: AbortSignal): Caller => ({ call, origin, limitMs, signal });
  return {
    upload: (image, signal) => {
      const slow = { ...caller('upload', signal), limitMs: options.uploadLimitMs ?? uploadLimitMs };
      return upload(clientOf(key, falFetch(slow)), image);
    },
    submit: (request) =>
      submitOnce({ key, origin, limitMs: options.submitLimitMs ?? submitLimitMs, ...request }),
    status: (handle, signal) => status(key, caller('status', signal), handle),
    result: (handle, signal) => result(key, caller('result', signal), handle),
    cancel: (handle, signal) => cancel(key, caller('cancel', signal), handle),
    listing: (endpoint, window, signal) => {
      const ask = falFetch(caller('listing', signal));
      const headers = { Authorization: `Key ${key}`, Accept: 'application/json' };
      const get = async (url: string): Promise<string> => (await ask(url, { headers })).text();
      return unwrapped('listing', () => listRequests(get, { endpoint, ...window }));
    },
    handleFor,
  };
}

/** One client a call: its `fetch` knows the call's signal, its limit and the URL that was returned for it. */
const clientOf = (credentials: string, fetch: typeof globalThis.fetch): ReturnType<typeof createFalClient> =>
  createFalClient({ credentials, fetch, retry: { maxRetries: 0 } });

async function upload(
  client: ReturnType<typeof createFalClient>,
  { bytes, type, name }: Parameters<FalApi['upload']>[0],
): Promise<string> {
  // a copy in a buffer of its own: the given one may be shared
  const file = new File([new Uint8Array(bytes)], name, { type });
  const url: unknown = await unwrapped('upload', () => client.storage.upload(file));
  if (typeof url === 'string' && URL.canParse(url)) return url;
  throw unreadable('upload');
}

const statusSchema = z.object({
  status: z.enum(['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED']),
  queue_position: z.number().nullish(),
});

async function status(key: string, caller: Caller, handle: FalHandle): Promise<FalStatus> {
  const client = clientOf(key, at(handle.statusUrl, falFetch(caller)));
  const { requestId } = handle;
  const answer: unknown = await unwrapped('status', () =>
    client.queue.status(handle.endpoint, { requestId }),
  );
  const parsed = statusSchema.safeParse(answer);
  if (!parsed.success) throw unreadable('status');
  switch (parsed.data.status) {
    case 'IN_QUEUE':
      return { state: 'queued', position: parsed.data.queue_position ?? null };
    case 'IN_PROGRESS':
      return { state: 'running' };
    case 'COMPLETED':
      return { state: 'completed' };
  }
}

async function result(key: string, caller: Caller, handle: FalHandle): Promise<unknown> {
  const client = clientOf(key, at(handle.responseUrl, falFetch(caller)));
  const { requestId } = handle;
  const { data }: { data: unknown } = await unwrapped('result', () =>
    client.queue.result(handle.endpoint, { requestId }),
  );
  if (typeof data !== 'object' || data === null) throw unreadable('result');
  // an answer that is fine in itself may carry the model's error
  if (errorOf(data).types.length > 0)
    throw failureOfAnswer('result', { status: 422, headers: new Headers(), body: data }, Date.now());
  return data;
}

const cancelSchema = z.object({
  status: z.enum(['CANCELLATION_REQUESTED', 'ALREADY_COMPLETED', 'NOT_FOUND']),
});
const cancelWords = {
  CANCELLATION_REQUESTED: 'requested',
  ALREADY_COMPLETED: 'already_completed',
  NOT_FOUND: 'not_found',
} as const;

/** The client drops the answer, so its `fetch` keeps it. */
async function cancel(key: string, caller: Caller, handle: FalHandle): ReturnType<FalApi['cancel']> {
  let said: (typeof cancelWords)[keyof typeof cancelWords] | undefined;
  const keep: typeof fetch = async (url, init) => {
    const response = await openFal(caller, String(url), init);
    const body = jsonOf(await response.text());
    const word = cancelSchema.safeParse(body);
    if (word.success) said = cancelWords[word.data.status];
    else if (response.ok) said = 'requested';
    else if (response.status === 404) said = 'not_found';
    else
      throw new CallEnded(
        failureOfAnswer('cancel', { status: response.status, headers: response.headers, body }, Date.now()),
      );
    return Response.json({});
  };
  const client = clientOf(key, at(handle.cancelUrl, keep));
  await unwrapped('cancel', () => client.queue.cancel(handle.endpoint, { requestId: handle.requestId }));
  if (said === undefined) throw unreadable('cancel');
  return said;
}

/** The URL that fal returned, in place of the one that the client makes of the endpoint's name. */
const at =
  (url: string, fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
  (_made, init) =>
    fetch(url, init);

async function unwrapped<T>(call: FalCall, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof CallEnded) throw error.failure;
    if (error instanceof Failure) throw error;
    throw new Failure('transient', `The provider's answer cannot be read (${call}).`, {
      code: `transient.${call}`,
      cause: error,
    });
  }
}

const unreadable = (call: FalCall): Failure =>
  new Failure('transient', `The provider's answer cannot be read (${call}).`, { code: `transient.${call}` });
