import { createLogger } from '@image2model/service-kit';
import type { Schedule, Tick } from '../domain/schedule.js';
import { Scheduler } from './schedule-ticks.js';

const logger = createLogger({ service: 'test', instance: 'i', level: 'error', write: () => undefined });
const schedule: Schedule = {
  job: 'health-check',
  timing: { everyS: 600 },
  priority: 5,
  afterStartS: [0, 61],
};
const start = 600_000 * 1_000 + 100_000;

function createWorld() {
  const elected = new Map<string, string>();
  const world = { nowMs: start, down: false };
  const fleet = {
    serverTimeMs: async () => {
      if (world.down) throw new Error('ECONNREFUSED');
      return world.nowMs;
    },
    elect: async (key: string, instance: string) => {
      if (elected.has(key)) return false;
      elected.set(key, instance);
      return true;
    },
  };
  const fired: string[] = [];
  const scheduler = (instance: string, fire?: (tick: Tick) => Promise<void>) =>
    new Scheduler({
      fleet,
      schedules: [schedule],
      instance,
      logger,
      fire: fire ?? (async ({ id }) => void fired.push(id)),
    });
  return { world, fired, scheduler };
}

describe('Scheduler', () => {
  it('fires each tick once, whoever looks, however often', async () => {
    const { world, fired, scheduler } = createWorld();
    const [one, two] = [scheduler('one'), scheduler('two')];
    for (let second = 0; second < 1_200; second += 1) {
      world.nowMs = start + second * 1_000;
      await Promise.all([one.look(), two.look()]);
    }
    expect(fired).toEqual([
      'tick:health-check:1000',
      'tick:health-check:start-20003-61',
      'tick:health-check:1001',
      'tick:health-check:1002',
    ]);
  });

  it('runs once at a start: the tick that is due, or an extra one when that is taken', async () => {
    const { world, fired, scheduler } = createWorld();
    await scheduler('one').look();
    expect(fired).toEqual(['tick:health-check:1000']);
    world.nowMs += 120_000;
    await scheduler('restarted').look();
    expect(fired).toEqual(['tick:health-check:1000', 'tick:health-check:start-20007-0']);
  });

  it('has one catch-up after a long stop', async () => {
    const { world, fired, scheduler } = createWorld();
    await scheduler('one').look();
    world.nowMs += 10 * 600_000;
    await scheduler('one again').look();
    expect(fired).toEqual(['tick:health-check:1000', 'tick:health-check:1010']);
  });

  it('tries a tick again whose request failed, without a second election', async () => {
    const { scheduler } = createWorld();
    const fire = jest.fn().mockRejectedValueOnce(new Error('broker away')).mockResolvedValue(undefined);
    const one = scheduler('one', fire);
    await expect(one.look()).rejects.toThrow('broker away');
    await one.look();
    await one.look();
    expect(fire).toHaveBeenCalledTimes(2);
  });

  it('goes on by its own clock while Redis is away', async () => {
    const { world, fired, scheduler } = createWorld();
    world.down = true;
    await scheduler('one').look();
    expect(fired).toHaveLength(1);
  });
});
