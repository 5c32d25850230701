import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';

/** No answer came: the gateway is not there, or the line broke. */
export class Unreachable extends CliError {
  constructor(url: string, cause: unknown) {
    super(exitCodes.refused, `Cannot reach ${new URL(url).origin}: ${reasonOf(cause)}.`, {
      code: 'unreachable',
      hint: 'Is it running, and is the address right? `npm start` starts one here; `i2m doctor` looks what is wrong.',
      cause,
    });
  }
}

/** fetch says only that it failed; why is in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof AggregateError && cause.errors.length > 0) return reasonOf(cause.errors[0]);
  if (cause instanceof Error) return reasonOf(cause);
  if (error.name === 'TimeoutError') return 'no answer in time';
  return error.message;
}
