import { failureKinds, generationRungs, nextStep, rungs } from '@image2model/contracts';
import { failureOfAnswer, type FalCall } from './failure-of-answer.js';
import { retryAfterMs } from './retry-after.js';

const nowMs = Date.parse('2026-01-01T00:00:00Z');
const failure = (call: FalCall, status: number, body: unknown = {}, headers: Record<string, string> = {}) =>
  failureOfAnswer(call, { status, body, headers: new Headers(headers) }, nowMs);
const typed = (type: string): unknown => ({ detail: [{ loc: ['body'], msg: 'words', type, ctx: {} }] });

it.each<[FalCall, number, unknown, string, string]>([
  ['status', 401, {}, 'auth', 'auth'],
  ['status', 403, { detail: 'Your address is blocked' }, 'auth', 'auth'],
  ['upload', 403, { detail: 'User is locked. Reason: Exhausted balance.' }, 'account', 'account'],
  ['upload', 402, {}, 'account', 'account'],
  ['upload', 413, {}, 'input', 'input'],
  ['upload', 404, {}, 'transient', 'transient.upload'],
  ['upload', 500, {}, 'transient', 'transient.upload'],
  ['submit', 400, { detail: 'bad' }, 'input', 'input'],
  ['submit', 422, typed('file_too_large'), 'input', 'input.file_too_large'],
  ['submit', 422, typed('not a word'), 'input', 'input'],
  ['submit', 422, typed('content_policy_violation'), 'policy', 'policy.content_policy_violation'],
  ['submit', 403, typed('content_policy_violation'), 'policy', 'policy.content_policy_violation'],
  ['submit', 409, {}, 'transient', 'transient.submit'],
  ['status', 404, {}, 'expired', 'expired'],
  ['status', 422, {}, 'transient', 'transient.status'],
  ['status', 503, { detail: 'x', error_type: 'runner_server_error' }, 'transient', 'transient.status'],
  ['result', 410, {}, 'expired', 'expired'],
  ['result', 499, { detail: 'x', error_type: 'client_cancelled' }, 'expired', 'expired.cancelled'],
  ['result', 422, typed('no_media_generated'), 'policy', 'policy.no_media_generated'],
  ['result', 500, typed('internal_server_error'), 'job_failed', 'job_failed.internal_server_error'],
  ['result', 400, typed('downstream_service_error'), 'job_failed', 'job_failed.downstream_service_error'],
  ['result', 504, { error_type: 'request_timeout' }, 'job_failed', 'job_failed.request_timeout'],
  ['result', 504, { error_type: 'startup_timeout' }, 'job_failed', 'job_failed.startup_timeout'],
  ['result', 504, typed('generation_timeout'), 'job_failed', 'job_failed.generation_timeout'],
  ['result', 503, { error_type: 'internal_error' }, 'transient', 'transient.result'],
  ['listing', 404, {}, 'transient', 'transient.listing'],
])('%s %d %j is %s', (call, status, body, kind, code) => {
  expect(failure(call, status, body)).toMatchObject({ kind, code });
});

it('reads the type from the header too', () => {
  expect(failure('result', 503, undefined, { 'X-Fal-Error-Type': 'runner_disconnected' }).kind).toBe(
    'job_failed',
  );
});

it("shows the provider's words without addresses, keys and line breaks, and shortens them", () => {
  const detail = `see https://x.example/a?sig=secret\nKey abcdefghijklmnop ${'y'.repeat(400)}`;
  const { message } = failure('submit', 400, { detail });
  expect(message).toContain('see (a URL) (a key) yyy');
  expect(message).not.toMatch(/secret|abcdef|\n/);
  expect(message.length).toBeLessThan(400);
});

it.each([
  ['7', 7_000],
  ['0.5', 500],
  ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
  ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
  ['999999999', 3_600_000],
  ['soon', 60_000],
  [undefined, 60_000],
])('a 429 with Retry-After %s waits %d ms', (header, wait) => {
  const headers: Record<string, string> = header === undefined ? {} : { 'Retry-After': header };
  expect(failure('submit', 429, {}, headers)).toMatchObject({ kind: 'rate', retryAfterMs: wait });
});

it('has no wait without a header', () => {
  expect(retryAfterMs(null, nowMs)).toBeUndefined();
  expect(failure('status', 500).retryAfterMs).toBeUndefined();
});

it('generate_single_model: network and API errors are retried with a back-off of at most 600 s, 429 waits retry_after or 60 s, auth never', () => {
  const step = (status: number, attempt: number, headers: Record<string, string> = {}) =>
    nextStep(failure('submit', status, {}, headers), attempt, 0.99, generationRungs);
  const most = Math.max(...rungs.filter(({ name }) => generationRungs.includes(name)).map((r) => r.delayMs));
  expect(most).toBeLessThanOrEqual(600_000);
  for (const [attempt, name] of [
    [1, '15s'],
    [2, '60s'],
    [4, '5m'],
  ] as const)
    expect(step(500, attempt)).toMatchObject({ do: 'retry', rung: { name } });
  expect(step(500, failureKinds.transient.attempts)).toEqual({ do: 'fail' });
  expect(step(429, 1)).toMatchObject({ do: 'retry', rung: { delayMs: 60_000 } });
  expect(step(429, 1, { 'Retry-After': '90' })).toMatchObject({ do: 'retry', rung: { delayMs: 300_000 } });
  // a refused key stops the provider for everybody until somebody resumes it; no attempt is used on it
  expect(failure('submit', 401).kind).toBe('auth');
  expect(failureKinds.auth).toMatchObject({ attempts: 1, parks: true, blame: 'platform' });
});
