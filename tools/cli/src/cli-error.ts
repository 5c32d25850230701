import type { ExitCode } from './exit-codes.js';

interface CliErrorOptions {
  /** What to do next, for people. */
  hint?: string | undefined;
  /** For programs: the code of the problem. */
  code?: string;
  requestId?: string | undefined;
  cause?: unknown;
}

/** An error whose message is meant for the person at the terminal: shown without a stack. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly hint: string | undefined;
  readonly code: string;
  readonly requestId: string | undefined;

  constructor(
    readonly exitCode: ExitCode,
    message: string,
    { hint, code = 'cli', requestId, cause }: CliErrorOptions = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.hint = hint;
    this.code = code;
    this.requestId = requestId;
  }
}
