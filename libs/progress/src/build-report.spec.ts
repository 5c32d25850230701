import type { QueueWork } from '@image2model/service-kit';
import { ReportBuilder, type ReportParts } from './build-report.js';

const queue = (over: Partial<QueueWork>): QueueWork => ({
  ...{ queue: 'q', task: 't', prefetch: 4, prefetchMost: 4, restMost: 0, unacked: 0, active: 0, resting: 0 },
  ...{ paused: false, handled: 0, oldestUnackedMs: null, ...over },
});
const parts = (...queues: QueueWork[]): ReportParts => ({
  state: 'running',
  logLevel: 'info',
  work: { queues, active: [], handled: { 't:done': 3 } },
  more: { 'http.request:done': 7 },
  load: { rssMb: 1, cpuPercent: 2, loopDelayMs: 3 },
  clockSkewMs: 4,
});
const rates = (builder: ReportBuilder, handled: number, atMs: number): number[] =>
  builder.build(parts(queue({ handled })), atMs).queues.map(({ handledPerSecond }) => handledPerSecond);

it('counts per second what was handled in the last half minute', () => {
  const builder = new ReportBuilder();
  expect(rates(builder, 100, 0)).toEqual([0]);
  expect(rates(builder, 150, 10_000)).toEqual([5]);
  expect(rates(builder, 150, 30_000)).toEqual([1.67]);
  expect(rates(builder, 150, 45_000)).toEqual([0]);
});

it('tells what is in work from what only waits inside the process', () => {
  const report = new ReportBuilder().build(
    parts(
      queue({ unacked: 5, active: 2 }),
      // of a lost channel: in work still, but delivered to nobody
      queue({ queue: 'r', unacked: 0, active: 1 }),
    ),
    0,
  );
  expect(report).toMatchObject({ activeCount: 3, reservedCount: 3, rssMb: 1, clockSkewMs: 4 });
  expect(report.handled).toEqual({ 't:done': 3, 'http.request:done': 7 });
});
