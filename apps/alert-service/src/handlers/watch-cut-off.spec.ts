import type { Alert } from '../domain/alert.js';
import { createCutOffWatch } from './watch-cut-off.js';

describe('the cut-off watch', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('tells once when RabbitMQ and Redis are both away for half a minute, and when one is back', async () => {
    const state = { connected: true, blocked: false };
    const told: Alert[] = [];
    let pings = 0;
    let redis = true;
    const look = createCutOffWatch({
      broker: { state },
      fleet: {
        ping: async () => {
          pings += 1;
          if (!redis) throw new Error('ECONNREFUSED');
        },
      },
      receive: async (alert) => void told.push(alert),
    });
    const later = async (seconds: number): Promise<void> => {
      for (let at = 0; at < seconds; at += 5) {
        jest.advanceTimersByTime(5_000);
        await look();
      }
    };
    redis = false;
    await later(60);
    expect([told.length, pings]).toEqual([0, 0]); // RabbitMQ is there: nothing is asked of Redis
    state.connected = false;
    await later(30);
    expect(told).toEqual([]);
    await later(60);
    expect(told).toMatchObject([{ severity: 'critical', code: 'cut_off', resolved: false }]);
    redis = true;
    await later(10);
    expect(told.slice(1)).toMatchObject([{ code: 'cut_off', resolved: true }]);
    redis = false;
    await later(25);
    expect(told).toHaveLength(2);
  });
});
