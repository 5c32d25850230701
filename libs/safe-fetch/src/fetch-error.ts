/** Every way a fetch may end without bytes, and whether the same URL may give them a little later. */
export const fetchFaults = {
  /** the URL, or what it leads to, may not be asked */
  forbidden: { retryable: false },
  not_found: { retryable: false },
  /** the server wants somebody else, or nobody */
  denied: { retryable: false },
  /** any other answer that is not a file */
  refused: { retryable: false },
  redirects: { retryable: false },
  too_large: { retryable: false },
  encoded: { retryable: false },
  /** not HTTP, or headers without end */
  bad_answer: { retryable: false },
  certificate: { retryable: false },
  dns: { retryable: true },
  timeout: { retryable: true },
  connection: { retryable: true },
  /** the server asks to come back later */
  server: { retryable: true },
  /** the server asked to come back later a moment ago; it was not asked again */
  busy: { retryable: true },
} as const;
export type FetchFault = keyof typeof fetchFaults;

/**
 * Why a URL gave no bytes. The message is for who sent the URL: it names the host of that URL and nothing that was
 * looked up or answered.
 */
export class FetchError extends Error {
  override readonly name = 'FetchError';
  /** How long the server asked us to stay away, ms. */
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly fault: FetchFault,
    message: string,
    options: { cause?: unknown; retryAfterMs?: number | undefined } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs;
  }

  get retryable(): boolean {
    return fetchFaults[this.fault].retryable;
  }
}
