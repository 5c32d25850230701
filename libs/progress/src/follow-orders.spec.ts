import { setImmediate as turn } from 'node:timers/promises';
import { laneQueues } from '@image2model/contracts';
import { createLogger, parseConfig, baseConfig } from '@image2model/service-kit';
import { z } from 'zod';
import { FollowOrders } from './follow-orders.js';
import { noOrders, type OrderBook } from './order-book.js';
import type { OpsEvents } from './ops-events.js';

/** A process and what was done with it. */
function processOf() {
  const done: string[] = [];
  const stopping = new AbortController();
  const logger = createLogger({ service: 's', instance: 'me', level: 'info', write: () => undefined });
  const say =
    (what: string) =>
    async (queues: readonly string[] = []): Promise<void> => {
      if (queues.length > 0 || what.endsWith('drain')) done.push([what, ...queues].join(' '));
    };
  let drained: () => void = () => undefined;
  const following = new FollowOrders({
    service: {
      ...{ name: 'model-worker', instance: 'me', logger, logLevel: logger, stopping: stopping.signal },
      config: parseConfig(z.object(baseConfig), {}),
      stop: (reason) => (done.push(`stop ${reason}`), stopping.abort()),
    },
    events: { add: async (type: string) => (done.push(type), true) } as unknown as OpsEvents,
    onState: () => undefined,
  });
  const broker = {
    ...{ pause: say('pause'), resume: say('resume'), undrain: say('undrain') },
    drain: () => (done.push('drain'), new Promise<void>((resolve) => (drained = resolve))),
  };
  return { done, following, broker, logger, endDrain: () => drained() };
}
const ordered = (then: 'restart' | 'idle'): OrderBook => ({
  ...noOrders,
  drains: new Map([['me', { then, by: 'key:1', atMs: 1 }]]),
});

it('drains and stays idle, once, and works again when the order is taken back', async () => {
  const { following, broker, done, endDrain } = processOf();
  await following.steer(broker, {});
  await following.follow(ordered('idle'), 1);
  await following.follow(ordered('idle'), 2);
  expect(following.state).toBe('draining');
  endDrain();
  await turn();
  expect(following.state).toBe('drained');
  await following.follow(ordered('idle'), 3);
  await following.follow(noOrders, 4);
  await turn();
  expect(following.state).toBe('running');
  expect(done).toEqual(['worker.draining', 'drain', 'undrain', 'worker.resumed']);
});

it('works again when it is resumed before it has drained', async () => {
  const { following, broker, done, endDrain } = processOf();
  await following.steer(broker, {});
  await following.follow(ordered('idle'), 1);
  await following.follow(noOrders, 2);
  endDrain();
  await turn();
  expect(following.state).toBe('running');
  expect(done).toEqual(['worker.draining', 'drain', 'undrain', 'worker.resumed']);
});

it('ends when it is told to start anew, also out of idleness; only once', async () => {
  const { following, broker, done, endDrain } = processOf();
  await following.steer(broker, {});
  await following.follow(ordered('idle'), 1);
  endDrain();
  await turn();
  await following.follow(ordered('restart'), 2);
  await following.follow(ordered('restart'), 3);
  await turn();
  expect(following.shownState).toBe('draining');
  expect(done).toEqual(['worker.draining', 'drain', 'worker.draining', 'stop drained by key:1']);
});

it('pauses and resumes lanes, each once; what was ordered before it consumed counts too', async () => {
  const { following, broker, done } = processOf();
  const paused = { ...noOrders, lanes: new Map([['low' as const, { detail: 'd', by: 'b', sinceMs: 1 }]]) };
  await following.follow(paused, 1);
  expect(done).toEqual([]);
  await following.steer(broker, {});
  await following.follow(paused, 2);
  await following.follow(noOrders, 3);
  await following.follow(noOrders, 4);
  expect(done).toEqual([`pause ${laneQueues.low.name}`, `resume ${laneQueues.low.name}`]);
});

it('logs at the ordered level until its time is over, without any heartbeat', async () => {
  const { following, logger } = processOf();
  const now = Date.now();
  const level = { level: 'debug' as const, by: 'b', untilMs: now + 60 };
  await following.follow({ ...noOrders, logLevels: new Map([['all', level]]) }, now);
  expect(logger.level).toBe('debug');
  await new Promise((resolve) => setTimeout(resolve, 80));
  following.look();
  expect(logger.level).toBe('info');
});
