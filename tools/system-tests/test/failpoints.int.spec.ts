import { freePorts, startApp } from '@image2model/testing';
import { actions } from './support/actions.js';
import { orchestratorScenarios } from './support/orchestrator-scenarios.js';
import { randomOf } from './support/random.js';
import type { Run } from './support/run-failpoint.js';
import { walk, type Walk } from './support/walk.js';
import { workerScenarios } from './support/worker-scenarios.js';

/*
 * Every failpoint of orchestrator and worker × {kill, throw, pause} on real processes. `FAILPOINT_ONLY=<regular
 * expression>` walks those whose `<name>:<action>` it matches, `FAILPOINT_SEED=<number>` repeats an order and its numbers.
 */
const seed = Number(process.env['FAILPOINT_SEED'] ?? Date.now() % 1_000_000);
const only = new RegExp(process.env['FAILPOINT_ONLY'] ?? '');
const rigsPerService = Number(process.env['FAILPOINT_RIGS'] ?? 3);
/** A test waits for its run, which waits for its turn. */
const patienceMs = 20 * 60_000;

const scenarios = [
  ...Object.entries(orchestratorScenarios).map(([name, scenario]) => ({
    name,
    scenario,
    service: 'batch-orchestrator' as const,
  })),
  ...Object.entries(workerScenarios).map(([name, scenario]) => ({
    name,
    scenario,
    service: 'model-worker' as const,
  })),
];
const runs: Run[] = scenarios
  .flatMap((entry, at) =>
    actions.map((action, turn) => ({ ...entry, action, random: randomOf(seed + 3 * at + turn) })),
  )
  .filter(({ name, action }) => only.test(`${name}:${action}`));

let walking: Walk;
const seconds: number[] = [];
beforeAll(() => {
  process.stdout.write(`failpoints: ${runs.length} runs, FAILPOINT_SEED=${seed}\n`);
  walking = walk(randomOf(seed).shuffled(runs), rigsPerService);
});
afterAll(() => {
  const sum = seconds.reduce((all, own) => all + own, 0);
  process.stdout.write(`failpoints: ${seconds.length} runs, ${Math.round(sum)} s in all rigs together\n`);
});

test('there is a scenario for every failpoint that the services know, and for no other', async () => {
  const [adminPort = 0] = await freePorts(1);
  const app = startApp({ name: 'model-worker', adminPort, env: { FAILPOINT: 'unknown:kill' } });
  await expect(app.waitReady()).rejects.toThrow('"code":78');
  const known = app.output().match(/(orchestrator|worker)\.\d\d\.[a-z-]+/g) ?? [];
  expect([...new Set(known)].sort()).toEqual(scenarios.map(({ name }) => name).sort());
});

test.each(runs.map((run) => [`${run.name}:${run.action}`, run] as const))(
  '%s: nothing is lost, nothing happens twice',
  async (_, run) => {
    const outcome = await walking.outcome(run);
    seconds.push(outcome.seconds);
    expect(outcome.problems).toEqual([]);
  },
  patienceMs,
);

test(
  'at the end all queues are empty, and no late message changed anything',
  async () => {
    expect(await walking.rests()).toEqual([]);
  },
  patienceMs,
);
