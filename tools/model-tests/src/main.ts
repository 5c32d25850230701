import { createRedisDatabase } from '@image2model/testing';
import { findingText, mutantsText, resultText } from './report/texts.js';
import { ProgressLine } from './report/progress-line.js';
import { mutants } from './search/mutants.js';
import { replay, search } from './search/search.js';
import { tryMutants } from './search/try-mutants.js';
import { openConnection, type Connection } from './world/connection.js';

interface Task {
  runs: number;
  seed: number;
  /** of one violation; null: a whole search */
  path: string | null;
  mutants: boolean;
  /** nobody else uses this Redis: it need not write to the disk */
  ownRedis: boolean;
}

/** A mutant that outlives so many runs has survived. */
const runsPerMutant = 5_000;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function redisSeconds({ redis }: Connection): Promise<number> {
  const info = await redis.info('cpu');
  return ['used_cpu_user', 'used_cpu_sys']
    .map((name) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1] ?? 0))
    .reduce((sum, seconds) => sum + seconds, 0);
}

/** @returns whether no invariant was broken */
async function clean(url: string, { runs, seed, path, ownRedis }: Task): Promise<boolean> {
  const connection = await openConnection(url, (scripts) => scripts);
  try {
    if (ownRedis) await connection.redis.config('SET', 'appendonly', 'no');
    const line = new ProgressLine('runs', runs, process.stderr);
    const before = {
      wall: performance.now(),
      redis: await redisSeconds(connection),
      node: process.cpuUsage(),
    };
    const result =
      path === null
        ? await search(connection, { runs, seed, onRun: () => line.add() })
        : await replay(connection, seed, path);
    line.end();
    const { user, system } = process.cpuUsage(before.node);
    say(
      resultText(result, {
        wall: (performance.now() - before.wall) / 1_000,
        node: (user + system) / 1_000_000,
        redis: (await redisSeconds(connection)) - before.redis,
      }),
    );
    if (result.finding !== null) say(findingText(result.finding));
    return result.finding === null;
  } finally {
    await connection.close();
  }
}

/** @returns whether every mutant was caught */
async function broken(url: string, seed: number): Promise<boolean> {
  const line = new ProgressLine('mutants', mutants.length, process.stderr);
  const results = await tryMutants(url, { runs: runsPerMutant, seed, onMutant: () => line.add() });
  line.end();
  say(mutantsText(results));
  return results.every(({ finding }) => finding !== null);
}

async function main(task: Task): Promise<void> {
  say(`seed ${task.seed}`);
  const database = await createRedisDatabase();
  try {
    const noViolation = await clean(database.url, task);
    const noSurvivor = task.mutants ? await broken(database.url, task.seed) : true;
    process.exitCode = noViolation && noSurvivor ? 0 : 1;
  } finally {
    await database.close();
  }
}

void main(JSON.parse(process.argv[2] ?? 'null') as Task);
