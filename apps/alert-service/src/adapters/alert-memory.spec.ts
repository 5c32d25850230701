import { setTimeout as pause } from 'node:timers/promises';
import type { AlertRecord } from '@image2model/progress';
import type { AlertMemory } from '../domain/decide-alert.js';
import type { Remembered } from '../domain/memory-store.js';
import { AlertMemories } from './alert-memory.js';

const memory = (occurredAtMs: number): AlertMemory => ({
  state: 'critical',
  channels: ['webhook'],
  lastId: `a${occurredAtMs}`,
  occurredAtMs,
  toldAtMs: occurredAtMs,
  keptBack: 0,
});

/** Redis as far as a memory sees it; `away` makes every command fail. */
function createRedis() {
  const records = new Map<string, AlertRecord>();
  const leases = new Map<string, string>();
  const world = { away: false, leases };
  const there = async (): Promise<void> => {
    await pause(1);
    if (world.away) throw new Error('ECONNREFUSED');
  };
  const alerts = {
    read: async (fingerprint: string) => {
      await there();
      return records.get(fingerprint) ?? null;
    },
    write: async (fingerprint: string, record: AlertRecord) => {
      await there();
      records.set(fingerprint, record);
    },
  };
  const fleet = {
    holdLease: async (name: string, holder: string) => {
      await there();
      if (leases.has(name) && leases.get(name) !== holder) return false;
      leases.set(name, holder);
      return true;
    },
    dropLease: async (name: string) => {
      await there();
      leases.delete(name);
    },
  };
  return { world, records, process: (patienceMs = 500) => new AlertMemories(alerts, fleet, patienceMs) };
}

const put = (next: AlertMemory) => async () => next;

describe('AlertMemories', () => {
  it('shares between processes what was decided', async () => {
    const { process } = createRedis();
    await process().inTurn('health', put(memory(1)));
    let seen: Remembered | undefined;
    await process().inTurn('health', async (known) => ((seen = known), undefined));
    expect(seen).toEqual({ memory: memory(1), blind: false });
  });

  it('remembers over an outage of Redis, and lets the later of both memories count', async () => {
    const { world, process, records } = createRedis();
    const [one, other] = [process(), process()];
    await one.inTurn('health', put(memory(1)));
    world.away = true;
    await one.inTurn('health', put(memory(2)));
    const seen: (number | undefined)[] = [];
    const look = (who: AlertMemories) =>
      who.inTurn('health', async (known) => {
        seen.push(known.blind ? -1 : 0, known.memory?.occurredAtMs);
        return undefined;
      });
    await look(one);
    world.away = false;
    await look(one);
    await other.inTurn('health', put(memory(3)));
    await look(one);
    expect(seen).toEqual([-1, 2, 0, 2, 0, 3]);
    expect(records.get('health')?.occurredAtMs).toBe(3);
  });

  it('decides one at a time for a fingerprint, over processes, and at once for others', async () => {
    const { process } = createRedis();
    const processes = [process(), process()];
    let inside = 0;
    let most = 0;
    let sum = 0;
    const work = Array.from({ length: 10 }, (_, at) =>
      processes[at % 2]?.inTurn('health', async ({ memory: known }) => {
        most = Math.max(most, (inside += 1));
        await pause(2);
        inside -= 1;
        sum = (known?.occurredAtMs ?? 0) + 1;
        return memory(sum);
      }),
    );
    await Promise.all(work);
    expect([most, sum]).toEqual([1, 10]);
  }, 15_000);

  it('remembers nothing when the decision failed, and lets the next one decide', async () => {
    const { process, records, world } = createRedis();
    const one = process();
    await expect(one.inTurn('health', () => Promise.reject(new Error('no channel')))).rejects.toThrow(
      'no channel',
    );
    expect([records.size, world.leases.size]).toEqual([0, 0]);
    await one.inTurn('health', put(memory(1)));
    expect(records.size).toBe(1);
  });

  it('gives up on a fingerprint that a dead process holds, for another try', async () => {
    const { process, world } = createRedis();
    world.leases.set('alert:health', 'a dead process');
    await expect(process(50).inTurn('health', put(memory(1)))).rejects.toMatchObject({
      kind: 'dependency',
      code: 'dependency.alert_busy',
    });
  });
});
