import type { FailureKind } from './failure-kinds.js';

/**
 * The one error class of the system. `code` is what programs see (`input.truncated`, `transient`); it begins with
 * the kind. `message` is shown to the caller: it never holds a secret, a path or a stack.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly kind: FailureKind;
  readonly code: string;
  /** How long the other side asked us to wait, in ms. */
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: FailureKind,
    message: string,
    options: { code?: string; cause?: unknown; retryAfterMs?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.code = options.code ?? kind;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** Anything thrown becomes a Failure; what is not one already is `unexpected`. */
  static from(thrown: unknown): Failure {
    if (thrown instanceof Failure) return thrown;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new Failure('unexpected', message, { cause: thrown });
  }
}
