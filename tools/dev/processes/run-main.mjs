import { CommandError, exitCodes } from './exit-codes.mjs';

/** @typedef {'SIGINT' | 'SIGTERM' | 'SIGHUP'} StopSignal */

const parentCheckMs = 1000;

/**
 * Calls back once, at the first signal to stop; later ones are swallowed, since stopping is under way: a Ctrl-C comes
 * twice when npm forwards it. The end of the npm that started us counts as one, for some shells between us do not
 * pass signals on.
 * @param {(signal: StopSignal) => void} onStop
 */
function onFirstSignal(onStop) {
  let stopped = false;
  const stop = (/** @type {StopSignal} */ signal) => {
    if (!stopped) onStop(signal);
    stopped = true;
  };
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, () => stop(signal));
  const parent = process.ppid;
  if (process.env['npm_lifecycle_event'] === undefined || parent <= 1) return;
  setInterval(() => process.ppid !== parent && stop('SIGTERM'), parentCheckMs).unref();
}

/**
 * The frame of a command: signals become an AbortSignal, errors a message, and the process ends with the right code
 * when `main` has cleaned up.
 * @param {(context: { args: string[], signal: AbortSignal, log: (text: string) => void }) => Promise<number>} main
 * @param {{ stoppedCode?: number }} [options] what an asked-for stop exits with; default 130 or 143 by the signal
 */
export async function runMain(main, { stoppedCode } = {}) {
  // A terminal or pipe that is gone must not keep us from cleaning up.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  const stopping = new AbortController();
  let code = stoppedCode;
  onFirstSignal((name) => {
    code ??= name === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated;
    stopping.abort(new CommandError(`stopped by ${name}`, code));
  });
  const log = (/** @type {string} */ text) => console.log(text);
  try {
    const result = await main({ args: process.argv.slice(2), signal: stopping.signal, log });
    process.exit(stopping.signal.aborted ? code : result);
  } catch (error) {
    const isStop =
      error === stopping.signal.reason || (error instanceof Error && error.name === 'AbortError');
    if (stopping.signal.aborted && isStop) process.exit(code);
    console.error(error instanceof CommandError ? error.message : error);
    process.exit(error instanceof CommandError ? error.exitCode : exitCodes.failed);
  }
}
