import type { FailureKind } from '@image2model/contracts';
import { keys } from '@image2model/progress/parts';
import { isTerminalState } from '../checks/snapshot.js';
import { dispatch } from '../actors/dispatcher.js';
import * as gateway from '../actors/gateway.js';
import { condemn, condemnDead, handleCancel, reissue, settle, sweep } from '../actors/orchestrator.js';
import { callBack, fetchImage } from '../actors/pay-for.js';
import { generate } from '../actors/worker.js';
import type { Message } from '../world/broker.js';
import type { Flow } from '../world/flow.js';
import type { World } from '../world/world.js';
import { bit, pick, planOf } from './plan-of.js';
import type { ScheduledOrder } from './schedule.js';

const workers = ['worker-1', 'worker-2'] as const;
const orchestrators = ['orchestrator-1', 'orchestrator-2'] as const;
const processes = [...workers, ...orchestrators, 'gateway'] as const;
const jumps = [1_000, 6_000, 16_000, 31_000, 61_000, 301_000] as const;
const codeChoices: readonly (readonly FailureKind[] | undefined)[] = [
  undefined,
  undefined,
  ['input'],
  ['crash', 'unexpected'],
];
/** More actors at once than that are not let in. */
const mostFlows = 10;

/** Carries out one order. What cannot be done now becomes a step of an actor. */
export async function carryOut(world: World, [order, number]: ScheduledOrder): Promise<void> {
  const started = world.flows.length < mostFlows ? await begin(world, order, number) : undefined;
  if (started === true) return;
  if (started !== undefined) {
    // half of the actors take their first step at once
    if (bit(number, 15) && started.alive) await world.resume(started);
    return;
  }
  const flow = pick(world.flows, number);
  if (flow === undefined) return;
  if (order === 'run') await world.finish(flow);
  else await world.resume(flow);
}

/** @returns the actor it started, true when something else happened, undefined when nothing did */
async function begin(
  world: World,
  order: ScheduledOrder[0],
  number: number,
): Promise<Flow | true | undefined> {
  const high = number >> 4;
  switch (order) {
    case 'step':
    case 'run':
      return undefined;
    case 'generate':
      return beginGenerating(world, number);
    case 'settle':
      return beginHandling(world, number);
    case 'dispatch':
      return world.spawn('dispatch', orchestrators[number % 2] ?? 'orchestrator-1', dispatch);
    case 'sweep':
      // or one that looked long ago and acts now
      if (bit(number, 14) && world.seen.state === 'running')
        return world.spawn('slow sweep', 'orchestrator-1', (io) =>
          reissue(io, high % world.seen.total, false),
        );
      return world.spawn('sweep', orchestrators[number % 2] ?? 'orchestrator-1', sweep);
    case 'time':
      world.now += pick(jumps, number) ?? 0;
      world.note(`the clock goes on by ${String(pick(jumps, number))} ms`);
      return true;
    case 'crash':
      world.stats.add('crash');
      // mostly somebody who is at work
      world.crash(
        (bit(number, 15) ? undefined : pick(world.flows, high)?.process) ??
          pick(processes, number) ??
          'gateway',
      );
      return true;
    case 'cut':
      return cut(world, workers.find((worker) => world.broker.holds(worker)) ?? 'worker-1');
    case 'duplicate':
    case 'lose':
    case 'die':
      return spoil(world, order, number);
    case 'cancel':
      return world.spawn('cancel', 'gateway', gateway.cancel);
    case 'hold':
      return world.spawn('hold', 'gateway', (io) => gateway.hold(io, bit(number, 0) ? 'budget' : 'user'));
    case 'unhold':
      return world.spawn('unhold', 'gateway', (io) => gateway.unhold(io, bit(number, 0) ? 'budget' : 'user'));
    case 'retry':
      return world.spawn('retry', 'gateway', (io) => gateway.retry(io, pick(codeChoices, number)));
    case 'append':
      return world.spawn('append', 'gateway', (io) =>
        gateway.append(io, bit(high, 1) ? [bit(high, 2)] : [bit(high, 2), bit(high, 3)], bit(high, 4)),
      );
    case 'seal':
      return world.spawn('seal', 'gateway', gateway.seal);
    case 'falsify':
      return falsify(world, number);
    case 'condemn':
      return world.spawn('hard limit', 'orchestrator-1', (io) => condemn(io, number % world.seen.total));
    case 'takeOver':
      return takeOver(world, number);
    case 'callback':
      return beginCallback(world, number);
    case 'budget':
      return world.spawn('raise the budget', 'gateway', (io) => gateway.raiseBudget(io, number % 4));
  }
}

async function beginGenerating(world: World, number: number): Promise<Flow | undefined> {
  const ready = world.broker.ready('generate', world.now);
  const first = pick(ready, number >> 3);
  if (first === undefined) return undefined;
  const second = bit(number, 14) ? ready.find((one) => one !== first) : undefined;
  return handOut(world, number, second === undefined ? [first] : [first, second]);
}

function handOut(world: World, number: number, deliveries: readonly Message[]): Promise<Flow> {
  const worker = workers[number % 2] ?? 'worker-1';
  for (const message of deliveries) world.broker.deliver(message, worker);
  const plans = deliveries.map((_, at) => planOf((number >> 1) + 7 * at));
  const files = deliveries.map(({ files: [idx] }) => String(idx)).join(', ');
  return world.spawn(`file ${files}`, worker, (io) => generate(io, deliveries, plans));
}

/** A worker loses its channel in the middle of its work and does not know it; another gets its file at once, or later. */
async function takeOver(world: World, number: number): Promise<Flow | undefined> {
  const worker = workers.find((one) => world.broker.holds(one));
  if (worker === undefined) return undefined;
  cut(world, worker);
  if (bit(number, 13)) world.now += jumps[2];
  const message = world.broker.ready('generate', world.now).find(({ redelivered }) => redelivered);
  return message === undefined
    ? undefined
    : handOut(world, 2 * (number >> 1) + 1 - workers.indexOf(worker), [message]);
}

/** Webhooks, and the provider for the image, come once, often, late or never. */
async function beginCallback(world: World, number: number): Promise<Flow | undefined> {
  const job = pick(world.provider.jobs, number >> 1);
  if (job === undefined) return undefined;
  if (bit(number, 12))
    return world.spawn(`image of ${job.requestId}`, 'gateway', (io) => fetchImage(io, job));
  return world.spawn(`webhook of ${job.requestId}`, workers[number % 2] ?? 'worker-1', (io) =>
    callBack(io, job),
  );
}

const handlers = { settled: settle, cancel: handleCancel, dead: condemnDead } as const;

async function beginHandling(world: World, number: number): Promise<Flow | undefined> {
  const queues = ['settled', 'cancel', 'dead'] as const;
  const ready = queues.flatMap((queue) =>
    world.broker.ready(queue, world.now).map((message): [typeof queue, Message] => [queue, message]),
  );
  const chosen = pick(ready, number >> 1);
  if (chosen === undefined) return undefined;
  const [queue, message] = chosen;
  const process = orchestrators[number % 2] ?? 'orchestrator-1';
  world.broker.deliver(message, process);
  if (queue === 'dead') world.stats.add('dead letter');
  return world.spawn(queue, process, (io) => handlers[queue](io, message));
}

/** A worker's channel is gone, the worker is not: it goes on with what somebody else may get now. */
function cut(world: World, worker: string): true {
  world.note(`${worker} loses its channel`);
  world.stats.add('zombie', world.broker.requeue(worker));
  return true;
}

function spoil(world: World, order: 'duplicate' | 'lose' | 'die', number: number): true | undefined {
  const tasks = world.broker.ready('generate', Number.MAX_SAFE_INTEGER);
  const settled = order === 'die' ? [] : world.broker.ready('settled', world.now);
  const message = pick([...tasks, ...settled], number);
  if (message === undefined) return undefined;
  world.note(`${message.queue} ${message.id}: ${order}`);
  world.stats.add(`message ${order}`);
  if (order === 'duplicate') world.broker.duplicate(message);
  else if (order === 'lose') world.broker.remove(message);
  else world.broker.die(message);
  return true;
}

/** Counters are only a cache: a wrong one may delay the end of a batch, never falsify it. */
async function falsify(world: World, number: number): Promise<true | undefined> {
  if (isTerminalState(world.seen.state)) return undefined;
  const field = pick(['nS', 'nF', 'nX', 'nR'], number) ?? 'nS';
  const value = (number >> 2) % 7;
  world.exact = false;
  world.note(`${field} is falsified to ${value}`);
  world.stats.add('counter falsified');
  await world.connection.redis.hset(keys.batch(world.batchId), field, value);
  await world.look();
  return true;
}
