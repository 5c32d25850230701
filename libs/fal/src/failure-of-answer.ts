import { Failure } from '@image2model/contracts';
import { errorOf, reasonText, type FalError } from './fal-error-body.js';
import { retryAfterMs } from './retry-after.js';

/** What was asked for; the same status means different things. */
export type FalCall = 'upload' | 'submit' | 'status' | 'result' | 'cancel' | 'listing' | 'keys';

/** An answer that is not a success, already read. */
export interface FalAnswer {
  status: number;
  headers: { get(name: string): string | null };
  /** parsed when it was JSON, else undefined */
  body: unknown;
}

const rateWaitMs = 60_000;
const policyTypes = /^(content_policy_violation|no_media_generated)$/;
/** The provider's own ends of a generation: none of them is billed. */
const jobTypes =
  /^(runner_.*|request_timeout|startup_timeout|generation_timeout|downstream_.*|internal_server_error)$/;
const lockedWords = /\blocked\b|exhausted|balance|payment|billing|credit/i;
const stillRunning = /in progress|in queue|not (yet )?(completed|finished|ready)/i;

/** What a refusal means. `transient` results of status 5xx have code `transient.result`. */
export function failureOfAnswer(call: FalCall, answer: FalAnswer, nowMs: number): Failure {
  const error = errorOf(answer.body);
  const headerType = answer.headers.get('x-fal-error-type');
  const types = headerType === null ? error.types : [...error.types, headerType];
  const waitMs = retryAfterMs(answer.headers.get('retry-after'), nowMs);
  return (
    ofPolicy(types, error) ??
    ofAccess(answer.status, error) ??
    ofRate(answer.status, waitMs) ??
    ofCancelled(call, types) ??
    ofJob(call, types, error) ??
    ofStatus(call, answer.status, error, waitMs)
  );
}

function ofAccess(status: number, error: FalError): Failure | undefined {
  if (status === 402 || (status === 403 && lockedWords.test(error.text)))
    return new Failure(
      'account',
      'The account at the provider is locked or out of money: top it up, then the batch goes on by itself.',
    );
  if (status === 401 || status === 403)
    return new Failure(
      'auth',
      'The provider refuses the key: check FAL_KEY and what it may do, then the batch goes on by itself.',
    );
  return undefined;
}

const ofRate = (status: number, waitMs = rateWaitMs): Failure | undefined =>
  status === 429
    ? new Failure('rate', 'The provider asks to slow down.', { retryAfterMs: waitMs })
    : undefined;

function ofPolicy(types: readonly string[], error: FalError): Failure | undefined {
  const policy = types.find((type) => policyTypes.test(type));
  if (policy === undefined) return undefined;
  return new Failure('policy', withReason('The provider refuses the content of the image', error), {
    code: `policy.${policy}`,
  });
}

/** Somebody wanted it to end: it is not made again. */
const ofCancelled = (call: FalCall, types: readonly string[]): Failure | undefined =>
  call === 'result' && types.includes('client_cancelled')
    ? new Failure('expired', 'The generation was cancelled at the provider.', { code: 'expired.cancelled' })
    : undefined;

function ofJob(call: FalCall, types: readonly string[], error: FalError): Failure | undefined {
  const job = call === 'result' ? types.find((type) => jobTypes.test(type)) : undefined;
  if (job === undefined) return undefined;
  return new Failure('job_failed', withReason('The provider ended the generation', error), {
    code: `job_failed.${job.slice(0, 60)}`,
  });
}

function ofStatus(call: FalCall, status: number, error: FalError, waitMs: number | undefined): Failure {
  const wait = waitMs === undefined ? {} : { retryAfterMs: waitMs };
  if (call === 'submit') return ofSubmit(status, error, wait);
  if ((call === 'status' || call === 'result') && (status === 404 || status === 410))
    return new Failure('expired', 'The provider no longer knows the generation.');
  if ((call === 'upload' || call === 'result') && isAboutInput(status) && !stillRunning.test(error.text))
    return input(error);
  return new Failure('transient', withReason(`The provider answered ${status} (${call})`, error), {
    code: `transient.${call}`,
    ...wait,
  });
}

/** A 4xx but 408 says that nothing was accepted; whoever calls turns the rest into `ambiguous`. */
function ofSubmit(status: number, error: FalError, wait: { retryAfterMs?: number }): Failure {
  if (isAboutInput(status)) return input(error);
  if (status === 404)
    return new Failure('input', withReason('The provider does not know the endpoint', error), {
      code: 'input.endpoint',
    });
  return new Failure('transient', withReason(`The provider answered ${status} (submit)`, error), {
    code: 'transient.submit',
    ...wait,
  });
}

const isAboutInput = (status: number): boolean => status === 400 || status === 413 || status === 422;

const input = (error: FalError): Failure =>
  new Failure('input', withReason('The provider cannot use the image or the settings', error), {
    code: inputCode(error),
  });

/** `input.image_load_error`: the provider's word, when it is one. */
function inputCode({ types }: FalError): string {
  const type = types.find((word) => /^[a-z][a-z0-9_]{2,60}$/.test(word));
  return type === undefined ? 'input' : `input.${type}`;
}

function withReason(sentence: string, error: FalError): string {
  const reason = reasonText(error);
  return reason === '' ? `${sentence}.` : `${sentence}: ${reason}`;
}
