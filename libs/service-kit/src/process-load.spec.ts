import { createProcessLoadMeter } from './process-load.js';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

it('shows a busy processor and a stalled event loop for the time since the last look, and then no more', async () => {
  const meter = createProcessLoadMeter();
  meter.look();
  // a new span begins with the second turn of its timer
  await pause(150);
  const until = performance.now() + 300;
  while (performance.now() < until) JSON.stringify({ busy: true });
  await pause(60);
  const busy = meter.look();
  expect(busy.loopDelayMs).toBeGreaterThan(150);
  expect(busy.cpuPercent).toBeGreaterThan(10);
  expect(busy.rssMb).toBeGreaterThan(10);
  await pause(200);
  expect(meter.look().loopDelayMs).toBeLessThan(busy.loopDelayMs);
  meter.close();
});
