import { failureKinds } from '@image2model/contracts';
import { FetchError, fetchFaults, type FetchFault } from '@image2model/safe-fetch';
import { fetchFailure } from './fetch-failure.js';

it.each(Object.keys(fetchFaults) as FetchFault[])('%s is tried again just when that may help', (fault) => {
  const failure = fetchFailure(new FetchError(fault, 'why', { retryAfterMs: 7, cause: 'x' }));
  expect(failure).toMatchObject({ message: 'why', retryAfterMs: 7, cause: 'x' });
  expect(failure.code.startsWith(`${failure.kind}.`)).toBe(true);
  const { attempts, parks } = failureKinds[failure.kind];
  expect(attempts > 1 || parks).toBe(fetchFaults[fault].retryable);
});
