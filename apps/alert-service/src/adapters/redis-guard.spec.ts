import { RedisGuard } from './redis-guard.js';
import type { Alert } from '../domain/alert.js';

/** Redis as far as the guard sees it, with a clock of its own. */
function createFleet() {
  const until = new Map<string, number>();
  const holders = new Map<string, string>();
  const clock = { nowMs: 0 };
  const taken = (key: string): boolean => (until.get(key) ?? -1) > clock.nowMs;
  return {
    clock,
    claimEffect: async (id: string, ms: number) => {
      if (taken(id)) return false;
      until.set(id, clock.nowMs + ms);
      return true;
    },
    effectDone: async (id: string, seconds = 7 * 24 * 3600) =>
      void until.set(id, clock.nowMs + seconds * 1000),
    releaseEffect: async (id: string) => void until.delete(id),
    holdLease: async (name: string, holder: string, ms: number) => {
      const lease = `lease:${name}`;
      if (taken(lease) && holders.get(lease) !== holder) return false;
      until.set(lease, clock.nowMs + ms);
      holders.set(lease, holder);
      return true;
    },
    dropLease: async (name: string) => void until.delete(`lease:${name}`),
  };
}

const alert = (id: string, over: Partial<Alert> = {}): Alert => ({
  id,
  severity: 'warning',
  code: 'dead_letter',
  message: 'm',
  resolved: false,
  ...over,
});

describe('RedisGuard', () => {
  const make = () => {
    const fleet = createFleet();
    const delivered: [string, number][] = [];
    const guard = new RedisGuard(fleet, 300);
    const tell = (one: Alert) => guard.once(one, async (repeats) => void delivered.push([one.id, repeats]));
    return { fleet, guard, tell, delivered };
  };

  it('delivers an id once, also when its copies come at the same time', async () => {
    const { tell, delivered } = make();
    const outcomes = await Promise.all([tell(alert('1')), tell(alert('1')), tell(alert('1'))]);
    expect(outcomes).toEqual(['delivered', 'known', 'known']);
    expect(delivered).toEqual([['1', 0]]);
  });

  it('keeps repeats back for ten minutes and then tells how many there were', async () => {
    const { tell, delivered, fleet } = make();
    await tell(alert('1'));
    expect(await tell(alert('2'))).toBe('repeat');
    expect(await tell(alert('3'))).toBe('repeat');
    fleet.clock.nowMs += 600_000;
    expect(await tell(alert('4'))).toBe('delivered');
    expect(delivered).toEqual([
      ['1', 0],
      ['4', 2],
    ]);
  });

  it('takes another state of the same code for news, each time', async () => {
    const { tell, delivered } = make();
    await tell(alert('1', { code: 'health', severity: 'critical' }));
    await tell(alert('2', { code: 'health', severity: 'info', resolved: true }));
    await tell(alert('3', { code: 'health', severity: 'critical' }));
    await tell(alert('4', { code: 'other', severity: 'critical' }));
    expect(delivered.map(([id]) => id)).toEqual(['1', '2', '3', '4']);
  });

  it('lets another try deliver after a failure', async () => {
    const { guard, tell, delivered } = make();
    await expect(guard.once(alert('1'), () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(await tell(alert('1'))).toBe('delivered');
    expect(delivered).toHaveLength(1);
  });

  it('waits for a process that died in the middle, and delivers then', async () => {
    const { fleet, tell, delivered } = make();
    await fleet.holdLease('alert:dead_letter', 'dead process', 15_000);
    await fleet.claimEffect('alert:1', 12_000);
    await fleet.claimEffect('alert-window:dead_letter:warning', 12_000);
    await expect(tell(alert('1'))).rejects.toMatchObject({
      kind: 'dependency',
      code: 'dependency.alert_busy',
    });
    fleet.clock.nowMs += 15_001;
    expect(await tell(alert('1'))).toBe('delivered');
    expect(delivered).toHaveLength(1);
  });

  it('delivers without looking while Redis is away', async () => {
    const { fleet, tell, delivered } = make();
    fleet.holdLease = () => Promise.reject(new Error('ECONNREFUSED'));
    expect(await tell(alert('1'))).toBe('unguarded');
    expect(delivered).toEqual([['1', 0]]);
  });
});
