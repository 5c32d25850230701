import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceName } from '@image2model/contracts';
import { repoRoot } from '../repo-root.js';
import { waitFor } from '../wait-for.js';

/** How a process ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** One started service. */
export interface AppProcess {
  readonly name: ServiceName;
  readonly index: number;
  readonly pid: number;
  /** Origin of /livez, /readyz and /metrics; stays the same over a restart. */
  readonly adminUrl: string;
  /** Set once it ended. */
  readonly exit: Exit | undefined;
  /** Everything it wrote. */
  output(): string;
  /** Sends a signal; resolves when the process is gone, or at once for signals that end nothing (SIGSTOP, SIGCONT). */
  kill(signal?: NodeJS.Signals): Promise<void>;
  waitReady(timeoutMs?: number): Promise<void>;
}

export interface AppProcessOptions {
  name: ServiceName;
  index?: number;
  adminPort: number;
  env: Readonly<Record<string, string>>;
  /** A folder of its own, where it runs and keeps temporary files; default: the repository and TMPDIR. */
  home?: string | undefined;
}

/** What a service gets of our own environment: never a key or a URL that the developer happens to have set. */
const inherited = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG', 'LD_LIBRARY_PATH'];

/** The bundle of an app. @throws with the command that builds it */
export function appBundle(name: ServiceName): string {
  const bundle = join(repoRoot(), 'apps', name, 'dist', 'main.js');
  if (existsSync(bundle)) return bundle;
  throw new Error(
    `${bundle} is missing: build the apps first, with \`npm run build\` (npm test does it by itself).`,
  );
}

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Starts one built service as a process of its own. */
export function startApp({ name, index = 0, adminPort, env, home }: AppProcessOptions): AppProcess {
  const base = Object.fromEntries(
    inherited.flatMap((key) => (process.env[key] ? [[key, process.env[key]]] : [])),
  );
  const child = spawn(process.execPath, [appBundle(name)], {
    cwd: home ?? repoRoot(),
    env: {
      ...base,
      ...(home === undefined ? {} : { TMPDIR: home }),
      NODE_ENV: 'test',
      ...env,
      ADMIN_HOST: '127.0.0.1',
      ADMIN_PORT: String(adminPort),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written: string[] = [];
  let exit: Exit | undefined;
  running.add(child);
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => written.push(String(chunk)));
  const gone = once(child, 'close').then(() => {
    running.delete(child);
    exit = { code: child.exitCode, signal: child.signalCode };
  });
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  return {
    name,
    index,
    adminUrl,
    get pid() {
      return child.pid ?? 0;
    },
    get exit() {
      return exit;
    },
    output: () => written.join(''),
    kill: async (signal = 'SIGKILL') => {
      if (exit === undefined) child.kill(signal);
      if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await gone;
    },
    waitReady: async (timeoutMs = 60_000) => {
      const ask = async (): Promise<boolean> => exit !== undefined || (await fetch(`${adminUrl}/readyz`)).ok;
      await waitFor(ask, { timeoutMs, what: `${name} ready` }).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${written.join('').slice(-4_000)}`);
      });
      if (exit !== undefined)
        throw new Error(`${name} ended with ${JSON.stringify(exit)}:\n${written.join('').slice(-4_000)}`);
    },
  };
}
