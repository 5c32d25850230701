import { CommanderError } from 'commander';
import { z } from 'zod';
import { CliError } from './cli-error.js';
import { exitCodes, type ExitCode } from './exit-codes.js';
import { createProgram } from './program.js';

/** Runs one command line; the process ends with it. */
export async function runCli(argv: readonly string[]): Promise<void> {
  // `i2m … | head` is no error
  process.stdout.on('error', () => process.exit(exitCodes.ok));
  const program = createProgram();
  try {
    await program.parseAsync([...argv]);
    process.exit(process.exitCode);
  } catch (error) {
    process.exit(told(error, argv.includes('--json')));
  }
}

/** Says what went wrong, once, without a stack where the message is meant for people. */
function told(error: unknown, json: boolean): ExitCode {
  // commander has said it already
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  const known = asCliError(error);
  if (json) {
    const { message, code, hint, requestId } = known;
    process.stderr.write(`${JSON.stringify({ error: { code, message, hint, request_id: requestId } })}\n`);
    return known.exitCode;
  }
  const request = known.requestId === undefined ? '' : `, request ${known.requestId}`;
  const code = known.code === 'cli' && known.requestId === undefined ? '' : ` (${known.code}${request})`;
  process.stderr.write(
    `i2m: ${known.message}${code}\n${known.hint === undefined ? '' : `     ${known.hint}\n`}`,
  );
  return known.exitCode;
}

function asCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof z.ZodError)
    return new CliError(exitCodes.usage, error.issues.map(({ message }) => message).join('; '), {
      hint: '--help shows what there is.',
    });
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new CliError(exitCodes.workFailed, text, { code: 'unexpected' });
}
