/** One invalid part of a request; `path` is written `images[3].url`. */
export interface Invalid {
  path: string;
  message: string;
}

interface ProblemOptions {
  errors?: readonly Invalid[];
  headers?: Readonly<Record<string, string>>;
  cause?: unknown;
}

/** An answer that is an error: thrown by handlers and domain, written as application/problem+json by the edge. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly errors: readonly Invalid[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    options: ProblemOptions = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }
}

/** 422 for a request that was understood and cannot be accepted; names every field. */
export const invalidRequest = (errors: readonly Invalid[], status = 422): HttpProblem =>
  new HttpProblem(
    status,
    'invalid_request',
    errors
      .map(({ path, message }) => `${path}: ${message}`)
      .join('; ')
      .slice(0, 1_000),
    { errors },
  );

/** 415 for a body that is neither of the two that batches come in. */
export const unknownBodyType = (): HttpProblem =>
  new HttpProblem(
    415,
    'unsupported_media_type',
    'Send multipart/form-data with file parts named images, or application/json.',
    { headers: { 'Accept-Post': 'multipart/form-data, application/json' } },
  );

/** The same for an absent and a foreign id, to the byte. */
export const notFound = (): HttpProblem => new HttpProblem(404, 'not_found', 'There is nothing here.');

/** 503 with Retry-After: the caller did nothing wrong and should come back. */
export const unavailable = (detail: string, retryAfterS: number, cause?: unknown): HttpProblem =>
  new HttpProblem(503, 'unavailable', detail, { headers: { 'Retry-After': String(retryAfterS) }, cause });

export const tooManyRequests = (code: string, detail: string, retryAfterS: number): HttpProblem =>
  new HttpProblem(429, code, detail, { headers: { 'Retry-After': String(retryAfterS) } });
