import { closingAfterAll } from '../closing-after-all.js';
import { random } from '../random.js';
import { startCaller } from '../../test/fal/caller.js';
import { drawDurationMs } from './durations.js';
import { startFalStandIn } from './start-fal-stand-in.js';
import { UsageMeter } from './usage-meter.js';

jest.setTimeout(20_000);
const closing = closingAfterAll();

describe('the books over HTTP', () => {
  it('are those of the program', async () => {
    const caller = closing(await startCaller());
    await caller.completed((await caller.submitted()).request_id);
    await caller.completed((await caller.submitted()).request_id);
    expect((await caller.ask('GET', `${caller.fal.origin}/ledger`)).body).toEqual({
      jobs: caller.fal.ledger(),
    });
    expect(caller.fal.ledger()[0]).toMatchObject({
      endpoint: 'tripo3d/tripo/v2.5/image-to-3d',
      image_url: 'https://example.com/a.jpg',
      key: 'stand-in-key',
      ordinal: 1,
      started_at: expect.any(Number),
      finished_at: expect.any(Number),
    });
    const { body } = await caller.ask('GET', `${caller.fal.origin}/stats`);
    expect(body).toEqual(caller.fal.stats());
    expect(body).toMatchObject({
      accepted: 2,
      finished: 2,
      billed: 2,
      accepted_per_image_max: 2,
      submits: { accepted: 2 },
      requests: { submit: 2, ledger: 1, stats: 1 },
    });
  });

  it('POST /control changes all or nothing', async () => {
    const caller = closing(await startCaller());
    const control = (body: unknown): ReturnType<typeof caller.ask> =>
      caller.ask('POST', `${caller.fal.origin}/control`, { body });
    expect(await control({ concurrency: 7, faces: 100 })).toMatchObject({
      status: 200,
      body: { changed: ['concurrency', 'faces'] },
    });
    expect(caller.fal.stats().concurrency).toBe(7);
    for (const wrong of [
      { concurrency: 3, foo: 1 },
      { concurrency: 3, faults: [{ fault: 'nonsense' }] },
      { concurrency: 3, faults: [{ fault: 'zip', image: '(' }] },
      { concurrency: 3, duration: { kind: 'fixed', ms: -1 } },
    ])
      expect(await control(wrong)).toMatchObject({ status: 400, body: { detail: expect.any(String) } });
    expect(caller.fal.stats().concurrency).toBe(7);
    expect(() => caller.fal.control({ concurrency: -1 })).toThrow('concurrency');
  });

  it('refuses options that are none and a port that is taken', async () => {
    const caller = closing(await startCaller());
    await expect(startFalStandIn({ concurrency: -1 })).rejects.toThrow('concurrency');
    const port = Number(new URL(caller.fal.origin).port);
    await expect(startFalStandIn({ port })).rejects.toThrow('EADDRINUSE');
  });

  it('ends with everything that hangs', async () => {
    const caller = await startCaller({ faults: [{ fault: 'hang_after_accept' }] });
    const hanging = caller.submit();
    const outcome = expect(hanging).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await caller.close();
    await outcome;
    await expect(fetch(caller.fal.origin)).rejects.toThrow();
  });
});

describe('the meter', () => {
  it('integrates busy and offered slots from the first to the last submit', () => {
    let now = 1_000;
    const meter = new UsageMeter(2, () => now);
    const at = (ms: number, busy: number, queued: number, concurrency = 2): void => {
      now = 1_000 + ms;
      meter.change({ busy, queued, concurrency });
    };
    now = 900;
    expect(meter.usage().busy_share).toBeNull();
    now = 1_000;
    meter.submitted();
    at(0, 1, 0);
    now = 1_100;
    meter.submitted();
    at(100, 2, 0);
    at(150, 2, 3);
    at(200, 0, 0);
    now = 1_400;
    meter.submitted();
    at(400, 1, 0);
    at(9_000, 0, 0);
    // 100 ms of one slot, 100 ms of two, 200 ms of none, of 2 × 400 ms
    expect(meter.usage()).toMatchObject({
      busy_share: 300 / 800,
      submitting_ms: 400,
      busy_max: 2,
      unfinished_max: 5,
      busy_reached_ms: { 1: 0, 2: 100 },
    });
  });

  it('counts what is offered while the concurrency changes', () => {
    let now = 0;
    const meter = new UsageMeter(1, () => now);
    meter.submitted();
    meter.change({ busy: 1, queued: 0, concurrency: 1 });
    now = 100;
    meter.change({ busy: 1, queued: 0, concurrency: 4 });
    now = 200;
    meter.submitted();
    expect(meter.usage().busy_share).toBe(200 / 500);
  });
});

describe('durations', () => {
  const drawn = (duration: Parameters<typeof drawDurationMs>[0]): number[] => {
    const draw = random(5);
    return Array.from({ length: 2_000 }, () => drawDurationMs(duration, draw)).sort((a, b) => a - b);
  };

  it('are fixed, even or lognormal, in whole milliseconds', () => {
    expect(new Set(drawn({ kind: 'fixed', ms: 70 }))).toEqual(new Set([70]));
    const even = drawn({ kind: 'uniform', fromMs: 500, toMs: 2_000 });
    expect(even[0]).toBeGreaterThanOrEqual(500);
    expect(even.at(-1)).toBeLessThanOrEqual(2_000);
    expect(even[1_000]).toBeGreaterThan(1_150);
    expect(even[1_000]).toBeLessThan(1_350);
    const skewed = drawn({ kind: 'lognormal', medianMs: 60_000, sigma: 0.5 });
    expect(skewed[1_000]).toBeGreaterThan(55_000);
    expect(skewed[1_000]).toBeLessThan(65_000);
    expect(skewed[1_900]).toBeGreaterThan(110_000);
    expect(skewed.every(Number.isInteger)).toBe(true);
    expect(drawn({ kind: 'fixed', ms: 1e12 })[0]).toBe(2 ** 31 - 1);
  });
});
