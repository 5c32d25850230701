import { keys } from '@image2model/progress/parts';
import { mostFiles, stagedFile, retry } from '../actors/gateway.js';
import { settle } from '../actors/orchestrator.js';
import { checkCovered, checkRest } from '../checks/check-rest.js';
import { checkPaid } from '../checks/check-money.js';
import { isTerminalState } from '../checks/snapshot.js';
import { priceMicro } from '../checks/known-payments.js';
import type { Connection } from '../world/connection.js';
import { World } from '../world/world.js';
import { carryOut } from './carry-out.js';
import { comeToRest } from './rest.js';
import { meant, type Schedule, type ScheduledOrder } from './schedule.js';
import type { Stats } from './stats.js';

let runs = 0;

/**
 * Runs the model once. @param trace takes what happens, line by line
 * @throws Violation
 */
export async function runSchedule(
  connection: Connection,
  schedule: Schedule,
  stats: Stats,
  trace: string[] | null = null,
): Promise<void> {
  const batchId = `m${process.pid}-${(runs += 1)}`;
  const world = new World(connection, batchId, stats, trace, schedule.crashLimit, schedule.paying);
  try {
    await accept(world, schedule);
    await carryOutAll(world, schedule, schedule.orders);
    await restAndCheck(world, schedule);
    if (schedule.afterRest.length > 0) {
      await beginAgain(world, (schedule.afterRest[0]?.[1] ?? 0) % 8);
      await carryOutAll(world, schedule, schedule.afterRest);
      await restAndCheck(world, schedule);
    }
  } finally {
    await forget(world);
  }
}

async function restAndCheck(world: World, { losesTasks }: Schedule): Promise<void> {
  await checkCovered(world);
  if (losesTasks)
    for (const task of world.broker.ready('generate', Number.MAX_SAFE_INTEGER)) world.broker.remove(task);
  await comeToRest(world);
  await checkRest(world);
  if (world.paying !== null) await checkPaid(world);
}

async function accept(world: World, { files, refused, sealed, paying }: Schedule): Promise<void> {
  const staged = Array.from({ length: files }, (_, idx) => stagedFile(((refused >> idx) & 1) === 1));
  staged.forEach(({ error }, idx) => {
    if (error !== undefined) world.refused.add(idx);
  });
  const batch = {
    id: world.batchId,
    tenant: 't',
    name: null,
    lane: 'normal' as const,
    provider: 'noop',
    settings: {},
    total: files,
    retentionHours: 1,
    createdAtMs: world.now,
    sealed,
    ...(paying?.budget == null ? {} : { budgetMicro: paying.budget * priceMicro }),
  };
  await world.direct.batches.stage(batch, staged);
  await world.look();
  await world.finish(
    await world.spawn('activate', 'gateway', async ({ stores }) => {
      await stores.batches.activate(world.batchId);
    }),
  );
}

/** A retry begins and takes some steps, and a copy of a settlement that was stuck somewhere comes late, into another run. */
async function beginAgain(world: World, steps: number): Promise<void> {
  const again = await world.spawn('retry', 'gateway', (io) => retry(io, undefined));
  for (let n = 0; n < steps && again.alive; n += 1) await world.resume(again);
  world.broker.publish('settled', { id: 'late', files: Array.from(world.seen.states, (_, idx) => idx) });
  const late = world.broker.ready('settled', world.now)[0];
  if (late === undefined) return;
  world.broker.deliver(late, 'orchestrator-2');
  await world.spawn('late settlement', 'orchestrator-2', (io) => settle(io, late));
}

async function carryOutAll(
  world: World,
  schedule: Schedule,
  orders: readonly ScheduledOrder[],
): Promise<void> {
  for (const order of orders) {
    world.stats.add('steps');
    const { state, states } = world.seen;
    const now = { ended: isTerminalState(state), failed: states.includes('F') };
    await carryOut(world, meant(order, schedule, now));
  }
}

async function forget(world: World): Promise<void> {
  const { redis } = world.connection;
  const id = world.batchId;
  const own = [
    keys.batch,
    keys.states,
    keys.facts,
    keys.progress,
    keys.outbox,
    keys.due,
    keys.redo,
    keys.sources,
    keys.ledger,
    keys.wire,
  ];
  const shared = [keys.active(), keys.lane('normal'), keys.tenantBatches('t')].map((key) => `${key}:{${id}}`);
  const attempts = Array.from({ length: mostFiles }, (_, idx) => keys.attempt(id, idx));
  await redis.unlink(...own.map((key) => key(id)), ...shared, ...attempts);
}
