import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A server that a test started for itself. */
export interface OwnProcess {
  readonly pid: number;
  readonly exited: boolean;
  /** The last of what it wrote. */
  output(): string;
  /** Resolves when the process is gone; with SIGSTOP and SIGCONT at once. */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

const keptOutput = 20_000;

/** @throws when the program is not there */
export async function startOwnProcess(
  command: string,
  args: readonly string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
): Promise<OwnProcess> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let written = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => (written = (written + String(chunk)).slice(-keptOutput)));
  await once(child, 'spawn');
  running.add(child);
  let exited = false;
  const gone = once(child, 'close').then(() => {
    running.delete(child);
    exited = true;
  });
  return {
    pid: child.pid ?? 0,
    get exited() {
      return exited;
    },
    output: () => written,
    kill: async (signal = 'SIGKILL') => {
      if (!exited) child.kill(signal);
      if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await gone;
    },
  };
}
