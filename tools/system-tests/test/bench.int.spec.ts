import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const bench = join(__dirname, '../../bench/bench.mjs');
const folder = mkdtempSync(join(tmpdir(), 'bench-spec-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface BenchRow {
  system: string;
  n: number;
  repeat: number;
}

test('a short bench measures real runs, says so in JSON, and leaves nothing behind', async () => {
  const json = join(folder, 'deep', 'bench.json');
  const flags = ['--no-build', '--n', '50', '--repeats', '1', '--only', 'image2model,bullmq-progress'];
  const { stdout } = await promisify(execFile)(process.execPath, [bench, ...flags, '--json', json], {
    // a folder of its own for its temporary files: that it is empty afterwards can be seen
    env: { ...process.env, TMPDIR: folder },
  });
  const { rows } = JSON.parse(readFileSync(json, 'utf8')) as { rows: BenchRow[] };
  expect(rows.map(({ system, n, repeat }) => `${system} ${n} ${repeat}`)).toEqual([
    'image2model 50 1',
    'image2model 50 2',
    'bullmq-progress 50 1',
    'bullmq-progress 50 2',
  ]);
  for (const row of rows) expect(row).toMatchObject({ workers: 1, done: 50, distinct: 50, completions: 1 });
  const number = expect.any(Number) as number;
  const roles = { client: number, worker: number, total: number };
  expect(rows[0]).toMatchObject({
    files_per_s: number,
    first_start_ms: number,
    completion_ms: number,
    cpu_s_per_10k: { ...roles, gateway: number, orchestrator: number },
    rss_mb: { gateway: number, orchestrator: number, worker: number },
  });
  expect(stdout).toContain('image2model / bullmq-progress');
  expect(readdirSync(folder)).toEqual(['deep']);
});
