import { Failure } from '@image2model/contracts';
import type { FetchError, FetchFault } from '@image2model/safe-fetch';

/** What is to blame for each fault of a fetch, and its code. */
const failures: Readonly<Record<FetchFault, { kind: 'input' | 'source' | 'rate'; code: string }>> = {
  forbidden: { kind: 'input', code: 'input.url_forbidden' },
  not_found: { kind: 'input', code: 'input.url_not_found' },
  denied: { kind: 'input', code: 'input.url_denied' },
  refused: { kind: 'input', code: 'input.url_refused' },
  redirects: { kind: 'input', code: 'input.url_redirects' },
  encoded: { kind: 'input', code: 'input.url_encoded' },
  bad_answer: { kind: 'input', code: 'input.url_bad_answer' },
  certificate: { kind: 'input', code: 'input.url_certificate' },
  too_large: { kind: 'input', code: 'input.too_large' },
  dns: { kind: 'source', code: 'source.dns' },
  timeout: { kind: 'source', code: 'source.timeout' },
  connection: { kind: 'source', code: 'source.connection' },
  server: { kind: 'source', code: 'source.server' },
  // the host was not asked, so no try is used up: the file waits as it does for a provider
  busy: { kind: 'rate', code: 'rate.source' },
};

/** A fetch that failed, in the words of the failure table. */
export function fetchFailure(error: FetchError): Failure {
  const { kind, code } = failures[error.fault];
  const { retryAfterMs, cause } = error;
  return new Failure(kind, error.message, {
    code,
    cause,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
