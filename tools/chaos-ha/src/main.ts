import { writeFile } from 'node:fs/promises';
import { ProgressLine, resultTable, type Result } from '@image2model/chaos-pay';
import { z } from 'zod';
import { withClusters, type Clusters } from './rig/clusters.js';
import type { Scenario } from './scenario.js';
import { scenarios } from './scenarios/scenarios.js';

/** What the command asks for; it has checked the names. */
const taskSchema = z.object({
  seed: z.number(),
  files: z.number(),
  only: z.array(z.string()).nullable(),
  json: z.string().nullable(),
});
type Task = z.output<typeof taskSchema>;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function play(scenario: Scenario, clusters: Clusters, { seed, files }: Task): Promise<Result> {
  const line = new ProgressLine(scenario.name, process.stderr);
  const started = performance.now();
  try {
    const outcome = await scenario.run({
      clusters,
      seed,
      files,
      short: false,
      tell: (text) => line.tell(text),
    });
    return {
      scenario: scenario.name,
      files,
      seconds: Math.round((performance.now() - started) / 1_000),
      ...outcome,
    };
  } finally {
    line.end();
  }
}

async function main(task: Task): Promise<void> {
  say(`seed ${task.seed}`);
  const results: Result[] = [];
  await withClusters(say, async (clusters) => {
    for (const scenario of scenarios) {
      if (task.only !== null && !task.only.includes(scenario.name)) continue;
      const result = await play(scenario, clusters, task);
      results.push(result);
      for (const violation of result.violations.slice(0, 5)) say(`  ${violation.slice(0, 500)}`);
      say(
        `${scenario.name.padEnd(13)}${result.violations.length === 0 ? 'ok' : 'FAILED'}: ${scenario.title}`,
      );
    }
  });
  say(resultTable(results, task.seed, 'npm run chaos:ha'));
  if (task.json !== null)
    await writeFile(task.json, `${JSON.stringify({ seed: task.seed, results }, null, 2)}\n`);
  process.exitCode = results.every(({ violations }) => violations.length === 0) ? 0 : 1;
}

// the servers and services go with this process's exit, which a signal alone does not bring about
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
void main(taskSchema.parse(JSON.parse(process.argv[2] ?? 'null')));
