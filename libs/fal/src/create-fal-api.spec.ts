import { Failure } from '@image2model/contracts';
import {
  hang,
  half,
  json,
  reset,
  startLocalFal,
  type Answer,
  type LocalFal,
} from '../test/support/local-fal.js';
import { createFalApi } from './create-fal-api.js';
import type { FalApi } from './fal-api.js';

const key = 'key-id:key-secret-1234567890';
const endpoint = 'tripo3d/tripo/v2.5/image-to-3d';
const never = new AbortController().signal;
const requests = '/queue.fal.run/tripo3d/tripo/requests/r-1';
let fal: LocalFal;
let api: FalApi;
beforeEach(async () => {
  fal = await startLocalFal();
  api = createFalApi({ key, origin: fal.origin, callLimitMs: 300, uploadLimitMs: 300 });
});
afterEach(() => fal.close());

const handle = () => api.handleFor(endpoint, 'r-1');
const calls = {
  upload: () => api.upload({ bytes: Buffer.from('JPEG'), type: 'image/jpeg', name: 'a.jpg' }, never),
  status: () => api.status(handle(), never),
  result: () => api.result(handle(), never),
  cancel: () => api.cancel(handle(), never),
  listing: () => api.listing(endpoint, { fromMs: 0, toMs: 60_000 }, never),
} as const;
const names = Object.keys(calls) as (keyof typeof calls)[];
const failureOf = async (ask: () => Promise<unknown>): Promise<Failure> => {
  const thrown: unknown = await ask().then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof Failure)) throw new Error(`not a Failure: ${String(thrown)}`);
  return thrown;
};

describe('upload', () => {
  it.each(['the origin', 'a file host'])(
    'asks for a place at %s, puts the bytes there, gives the URL',
    async (where) => {
      const upload_url =
        where === 'the origin' ? `${fal.origin}/put/a.jpg?sig=1` : 'https://v3.fal.media/put/a.jpg?sig=1';
      const file_url = 'https://v3.fal.media/files/a.jpg';
      fal.answer(json(200, { upload_url, file_url }), json(200, {}));
      expect(await calls.upload()).toBe(file_url);
      const [initiate, put] = fal.arrived;
      expect(initiate?.url).toBe('/rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3');
      expect(initiate?.headers.authorization).toBe(`Key ${key}`);
      expect(JSON.parse(initiate?.body ?? '')).toEqual({ content_type: 'image/jpeg', file_name: 'a.jpg' });
      expect(put).toMatchObject({
        method: 'PUT',
        url: where === 'the origin' ? '/put/a.jpg?sig=1' : '/v3.fal.media/put/a.jpg?sig=1',
        body: 'JPEG',
      });
      expect(put?.headers['content-type']).toBe('image/jpeg');
      expect(put?.headers.authorization).toBeUndefined();
    },
  );

  it('never leaves the origin of a stand-in', async () => {
    fal.answer(json(200, { upload_url: 'https://storage.example/put', file_url: 'https://v3.fal.media/a' }));
    expect(await failureOf(calls.upload)).toMatchObject({ kind: 'transient' });
    expect(fal.heads).toHaveLength(1);
  });

  it('fails the file for what the provider will not take', async () => {
    fal.answer(json(413, { detail: 'too large' }));
    expect(await failureOf(calls.upload)).toMatchObject({ kind: 'input' });
  });
});

describe('status', () => {
  it.each([
    [202, { status: 'IN_QUEUE', queue_position: 4 }, { state: 'queued', position: 4 }],
    [202, { status: 'IN_QUEUE' }, { state: 'queued', position: null }],
    [202, { status: 'IN_PROGRESS', logs: null }, { state: 'running' }],
    [200, { status: 'COMPLETED', metrics: { inference_time: 1 } }, { state: 'completed' }],
  ])('%d %j', async (status, body, state) => {
    fal.answer(json(status, { request_id: 'r-1', ...body }));
    expect(await calls.status()).toEqual(state);
    expect(fal.heads).toEqual([`GET ${requests}/status`]);
    expect(fal.arrived[0]?.headers.authorization).toBe(`Key ${key}`);
  });

  it('asks at the URL that was returned', async () => {
    fal.answer(json(200, { status: 'COMPLETED' }));
    await api.status({ ...handle(), statusUrl: `${fal.origin}/my/status?x=1` }, never);
    expect(fal.heads).toEqual(['GET /my/status?x=1']);
  });
});

it('reads JSON whatever it is called', async () => {
  const body = JSON.stringify({ status: 'COMPLETED' });
  fal.answer((response) => void response.writeHead(200, { 'Content-Type': 'text/plain' }).end(body));
  expect(await calls.status()).toEqual({ state: 'completed' });
});

describe('result', () => {
  it('is the output as it came', async () => {
    const output = { model_mesh: { url: 'https://v3.fal.media/m.glb' }, task_id: 't' };
    fal.answer(json(200, output));
    expect(await calls.result()).toEqual(output);
    expect(fal.heads).toEqual([`GET ${requests}`]);
  });

  it.each<[number, unknown, object]>([
    [
      422,
      { detail: [{ loc: ['body', 'image_url'], msg: 'cannot load', type: 'image_load_error' }] },
      { kind: 'input', code: 'input.image_load_error' },
    ],
    [200, { detail: [{ loc: [], msg: 'cannot load', type: 'image_load_error' }] }, { kind: 'input' }],
    [422, { detail: [{ msg: 'no', type: 'content_policy_violation' }] }, { kind: 'policy' }],
    [
      500,
      { detail: 'gone', error_type: 'runner_disconnected' },
      { kind: 'job_failed', code: 'job_failed.runner_disconnected' },
    ],
    [200, { detail: 'late', error_type: 'generation_timeout' }, { kind: 'job_failed' }],
    [500, 'Internal Server Error', { kind: 'transient', code: 'transient.result' }],
    [400, { detail: 'Request is still in progress' }, { kind: 'transient' }],
    [404, { detail: 'Not found' }, { kind: 'expired' }],
    [200, 'done', { kind: 'transient' }],
  ])('%d %j', async (status, body, failure) => {
    fal.answer(json(status, body));
    expect(await failureOf(calls.result)).toMatchObject(failure);
    expect(fal.heads).toHaveLength(1);
  });
});

describe('cancel', () => {
  it.each([
    [202, { status: 'CANCELLATION_REQUESTED' }, 'requested'],
    [400, { status: 'ALREADY_COMPLETED' }, 'already_completed'],
    [404, { status: 'NOT_FOUND' }, 'not_found'],
    [404, { detail: 'who' }, 'not_found'],
    [200, {}, 'requested'],
  ])('%d %j is %s', async (status, body, said) => {
    fal.answer(json(status, body));
    expect(await calls.cancel()).toBe(said);
    expect(fal.heads).toEqual([`PUT ${requests}/cancel`]);
    expect(fal.arrived[0]?.headers.authorization).toBe(`Key ${key}`);
  });
});

const losses: [string, Answer][] = [
  ['reset', reset],
  ['silence', hang],
  ['half an answer', half(200)],
  ['503', json(503, {}, { 'Retry-After': '9' })],
  ['a redirect', (response) => void response.writeHead(302, { Location: '/elsewhere' }).end()],
];
describe.each(names)('%s', (name) => {
  it.each(losses)('ends as transient on %s, after one request', async (how, answer) => {
    fal.answer(answer);
    const failure = await failureOf(calls[name]);
    expect(failure).toMatchObject({ kind: 'transient', code: `transient.${name}` });
    if (how === '503') expect(failure.retryAfterMs).toBe(9_000);
    expect(failure.message).not.toMatch(/key-secret|127\.0\.0\.1|https?:/);
    expect(fal.heads).toHaveLength(1);
  });

  it.each([
    [401, 'auth'],
    [429, 'rate'],
  ])('%d is %s, after one request', async (status, kind) => {
    fal.answer(json(status, { detail: 'no' }, { 'Retry-After': '3' }));
    const failure = await failureOf(calls[name]);
    expect(failure).toMatchObject({ kind, retryAfterMs: kind === 'rate' ? 3_000 : undefined });
    expect(fal.heads).toHaveLength(1);
  });
});

it('gives up with the reason of its signal', async () => {
  fal.answer(hang);
  const stop = new AbortController();
  const waiting = api.status(handle(), stop.signal);
  setTimeout(() => stop.abort(new Failure('timeout', 'told to stop')), 50);
  await expect(waiting).rejects.toMatchObject({ kind: 'timeout' });
  await expect(api.status(handle(), stop.signal)).rejects.toMatchObject({ kind: 'timeout' });
});

describe('listing', () => {
  it('reads all pages and every address in the inputs', async () => {
    fal.answer(
      json(200, {
        items: [
          { request_id: 'r-1', json_input: { image_url: 'https://a/1' }, sent_at: '1970-01-01T00:00:01Z' },
        ],
        next_cursor: 'c/1',
      }),
      json(200, {
        items: [
          {
            request_id: 'r-2',
            json_input: JSON.stringify({ a: [{ input_image_url: 'http://a/2' }], n: null, b: 'x' }),
          },
          { request_id: 'r-3', json_input: 'https://a/3' },
          { request_id: 'r-4' },
        ],
        next_cursor: null,
      }),
    );
    expect(await calls.listing()).toEqual([
      { requestId: 'r-1', imageUrls: ['https://a/1'], sentAtMs: 1_000 },
      { requestId: 'r-2', imageUrls: ['http://a/2'], sentAtMs: null },
      { requestId: 'r-3', imageUrls: ['https://a/3'], sentAtMs: null },
      { requestId: 'r-4', imageUrls: [], sentAtMs: null },
    ]);
    const [first, second] = fal.arrived.map(({ url }) => new URL(url, fal.origin));
    expect(first?.pathname).toBe('/api.fal.ai/v1/models/requests/by-endpoint');
    expect(Object.fromEntries(first?.searchParams ?? [])).toEqual({
      endpoint_id: endpoint,
      start: '1970-01-01T00:00:00.000Z',
      end: '1970-01-01T00:01:00.000Z',
    });
    expect(second?.searchParams.get('cursor')).toBe('c/1');
  });

  it.each([
    ['is no list', [json(200, { data: [] })]],
    ['leads in a circle', [json(200, { items: [], next_cursor: 'c' })]],
    ['breaks off', [json(200, { items: [], next_cursor: 'c' }), reset]],
  ])('never passes for whole when it %s', async (_how, answers) => {
    fal.answer(...answers);
    expect(await failureOf(calls.listing)).toMatchObject({ kind: 'transient', code: 'transient.listing' });
  });
});
