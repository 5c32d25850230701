import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

export interface SampleProcess {
  lines(): Record<string, unknown>[];
  messages(): string[];
  adminUrl(): Promise<string>;
  /** Resolves when a log line with this message is there. */
  says(message: string): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  title(): Promise<string>;
  readonly exited: Promise<number | null>;
}

const bundle = join(mkdtempSync(join(tmpdir(), 'kit-sample-')), 'sample.cjs');

/** Bundles the sample service as the apps are bundled (tools/build.mjs). */
export function buildSample(): void {
  buildSync({
    entryPoints: [join(__dirname, 'fixtures/sample-service.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    conditions: ['@image2model/source'],
    logLevel: 'error',
  });
}

export function startSample(env: Record<string, string>): SampleProcess {
  const child = spawn(process.execPath, [bundle], {
    env: { PATH: process.env['PATH'], ADMIN_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const exited = once(child, 'close').then(() => child.exitCode);
  const lines = (): Record<string, unknown>[] =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const find = async (message: string): Promise<Record<string, unknown>> => {
    for (;;) {
      const line = lines().find((candidate) => candidate['message'] === message);
      if (line !== undefined) return line;
      if (child.exitCode !== null) throw new Error(`it ended before it said "${message}": ${text}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return {
    lines,
    messages: () => lines().map((line) => String(line['message'])),
    adminUrl: async () => String((await find('started'))['adminUrl']),
    says: async (message) => void (await find(message)),
    signal: (signal) => void child.kill(signal),
    title: async () => {
      const ps = spawn('ps', ['-o', 'args=', '-p', String(child.pid)], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const [chunk] = (await once(ps.stdout, 'data')) as [Buffer];
      return chunk.toString().trim();
    },
    exited,
  };
}
