import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { repoRoot, waitFor } from '@image2model/testing';

/** A command that ended. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A command under way. */
export interface Running {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

export interface I2mOptions {
  env?: Record<string, string>;
  cwd?: string;
  stdin?: string;
}

/** Starts the command line as a person does, with nothing of our own environment that it would look at. */
export function startI2m(args: readonly string[], { env = {}, cwd = '/', stdin }: I2mOptions = {}): Running {
  const { PATH = '', HOME = '/' } = process.env;
  const child = spawn(process.execPath, [join(repoRoot(), 'tools/cli/i2m.mjs'), ...args], {
    cwd,
    env: { PATH, HOME, XDG_CONFIG_HOME: '/nowhere', ...env },
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text) => (written[name] += String(text)));
  child.stdin?.end(stdin);
  return {
    child,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    kill: (signal) => void child.kill(signal),
    ended: once(child, 'close').then(() => ({ ...written, code: child.exitCode, signal: child.signalCode })),
  };
}

/** Runs a command to its end. */
export const i2m = (args: readonly string[], options?: I2mOptions): Promise<Ended> =>
  startI2m(args, options).ended;

/** Until a running command has said something. */
export const said = (running: Running, pattern: RegExp): Promise<unknown> =>
  waitFor(async () => pattern.test(running.stderr()) || pattern.test(running.stdout()) || undefined, {
    timeoutMs: 20_000,
    what: `i2m to say ${pattern.source}; it said:\n${running.stdout()}${running.stderr()}`,
  });
