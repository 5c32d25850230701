import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { ProgressLine } from './report/progress-line.js';
import { resultTable, type Result } from './report/result-table.js';
import type { Scenario } from './scenario.js';
import { scenarios } from './scenarios/scenarios.js';

/** What the command asks for; it has checked the names. */
const taskSchema = z.object({
  seed: z.number(),
  /** of every scenario; null: each has its own number */
  files: z.number().nullable(),
  only: z.array(z.string()).nullable(),
  json: z.string().nullable(),
  short: z.boolean(),
});
type Task = z.output<typeof taskSchema>;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function play(scenario: Scenario, { seed, files, short }: Task): Promise<Result> {
  const count = files ?? (short ? scenario.files.short : scenario.files.long);
  const line = new ProgressLine(scenario.name, process.stderr);
  const started = performance.now();
  const tell = (text: string): void => line.tell(text);
  try {
    const outcome = await scenario.run({ seed, files: count, long: !short, tell });
    const seconds = Math.round((performance.now() - started) / 1_000);
    return { scenario: scenario.name, files: count, seconds, ...outcome };
  } finally {
    line.end();
  }
}

async function main(task: Task): Promise<void> {
  say(`seed ${task.seed}`);
  const results: Result[] = [];
  for (const scenario of scenarios) {
    if (task.only !== null && !task.only.includes(scenario.name)) continue;
    const result = await play(scenario, task);
    results.push(result);
    say(`${scenario.name.padEnd(13)}${result.violations.length === 0 ? 'ok' : 'FAILED'}: ${scenario.title}`);
  }
  say(resultTable(results, task.seed));
  if (task.json !== null)
    await writeFile(task.json, `${JSON.stringify({ seed: task.seed, results }, null, 2)}\n`);
  process.exitCode = results.every(({ violations }) => violations.length === 0) ? 0 : 1;
}

// the services go with this process's exit, which a signal alone does not bring about
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
void main(taskSchema.parse(JSON.parse(process.argv[2] ?? 'null')));
