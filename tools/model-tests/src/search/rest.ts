import { dispatch } from '../actors/dispatcher.js';
import type { Plan } from '../actors/attempt.js';
import { raiseBudget, seal, unhold } from '../actors/gateway.js';
import { condemnDead, handleCancel, settle, sweep } from '../actors/orchestrator.js';
import { generate } from '../actors/worker.js';
import { isTerminalState } from '../checks/snapshot.js';
import { insist } from '../checks/violation.js';
import type { QueueName } from '../world/broker.js';
import type { World } from '../world/world.js';

/** After that much quiet time everything must have come to its end. */
const mostRounds = 6;
/** Longer than any lease, delay or due time. */
const roundMs = 360_000;
const plain: Plan = {
  end: 'success',
  renewals: 0,
  writesProgress: false,
  writesLate: false,
  looks: false,
  jitter: 0,
  coalesces: false,
  repeats: false,
  pay: {
    ...{ answer: 'accepted', ending: 'ok', takesMs: 0, waits: 'park' },
    ...{ workSteps: 0, peeks: false, lists: true, triesAgain: true, repeats: false },
  },
};

/** No more faults: what was begun goes on, holds are lifted, the batch is sealed, and the system must come to rest. */
export async function comeToRest(world: World): Promise<void> {
  world.note('no more faults');
  await finishAll(world);
  // a batch that is being cancelled ends without
  if (world.seen.state === 'running') await all(world, 'gateway', seal);
  for (let round = 0; round < mostRounds; round += 1) {
    // again each round: a retry that somebody asked for may begin only now
    await lift(world);
    await all(world, 'orchestrator-1', dispatch);
    await drain(world);
    if (await restful(world)) return;
    world.now += roundMs;
    await all(world, 'orchestrator-1', sweep);
    await drain(world);
  }
  insist(
    await restful(world),
    'ends',
    () => `${JSON.stringify(world.snapshot)}; ${world.broker.size} messages left`,
  );
}

/** Nothing holds the batch any more. */
async function lift(world: World): Promise<void> {
  if (world.paying !== null) await all(world, 'gateway', (io) => raiseBudget(io, null));
  for (const reason of ['user', 'budget'] as const) await all(world, 'gateway', (io) => unhold(io, reason));
}

async function finishAll(world: World): Promise<void> {
  for (let flow = world.flows[0]; flow !== undefined; flow = world.flows[0]) await world.finish(flow);
}

async function all(world: World, process: string, body: Parameters<World['spawn']>[2]): Promise<void> {
  await world.finish(await world.spawn('at rest', process, body));
  // a handler of several files starts one actor for each
  await finishAll(world);
}

/** Handles every message that is ready. */
async function drain(world: World): Promise<void> {
  const next = (queue: QueueName) => world.broker.ready(queue, world.now)[0];
  for (;;) {
    const task = next('generate');
    const settled = next('settled');
    const cancelled = next('cancel');
    const dead = next('dead');
    const message = task ?? settled ?? cancelled ?? dead;
    if (message === undefined) return;
    const process = task === undefined ? 'orchestrator-2' : 'worker-2';
    world.broker.deliver(message, process);
    await all(world, process, (io) => {
      if (message === task) return generate(io, [message], [plain]);
      if (message === settled) return settle(io, message);
      return message === cancelled ? handleCancel(io, message) : condemnDead(io, message);
    });
  }
}

/** Nothing is on its way and nobody waits. A batch that nobody looks after must have been forgotten by the reconciler. */
async function restful(world: World): Promise<boolean> {
  if (!isTerminalState(world.seen.state) || world.broker.size > 0 || world.flows.length > 0) return false;
  return (
    (await world.direct.lanes.active()).length === 0 &&
    (await world.direct.lanes.batches('normal')).length === 0
  );
}
