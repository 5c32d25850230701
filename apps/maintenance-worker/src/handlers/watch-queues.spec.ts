import { laneQueues } from '@image2model/contracts';
import { createMetrics } from '@image2model/service-kit';
import { createQueueWatch, type QueueWatchDeps } from './watch-queues.js';

const nowMs = 1_000_000;
const lane = { pending: 0, running: 0, oldestWaitingAtMs: null };

function watch(changes: Partial<QueueWatchDeps> = {}) {
  const metrics = createMetrics({ service: 'maintenance-worker', version: '1', processMetrics: false });
  let elected = true;
  const look = createQueueWatch({
    fleet: {
      holdLease: async () => elected,
      heartbeats: async () => [],
      serverTimeMs: async () => nowMs,
    },
    instance: 'i',
    metrics,
    queues: { work: async () => ({ q: 3 }), dead: async () => ({ 'q.dead': 1 }) },
    broker: { depth: async () => ({ ready: 0, consumers: 2 }) },
    backlog: {
      look: async () => ({
        batches: 2,
        byLane: {
          high: { pending: 4, running: 1, oldestWaitingAtMs: nowMs - 90_000 },
          normal: lane,
          low: { ...lane, oldestWaitingAtMs: nowMs + 5 },
        },
      }),
    },
    lastHealth: async () => 'critical',
    sleeping: [],
    ...changes,
  });
  return { look, text: () => metrics.text(), dethrone: () => (elected = false) };
}

test('the elected one shows the whole installation, and nothing any more when another one is', async () => {
  const { look, text, dethrone } = watch();
  await look();
  const shown = await text();
  for (const sample of [
    'queue_length{queue="q"} 3',
    'queue_length{queue="q.dead"} 1',
    `queue_consumers{queue="${laneQueues.high.name}"} 2`,
    'backlog_files{lane="high",state="pending"} 4',
    'backlog_files{lane="high",state="running"} 1',
    'oldest_waiting_seconds{lane="high"} 90',
    'oldest_waiting_seconds{lane="normal"} 0',
    'oldest_waiting_seconds{lane="low"} 0',
    'active_batches 2',
    'live_processes{service="model-worker"} 0',
    'health_status 2',
  ])
    expect(shown.split('\n')).toContain(`image2model_${sample}`);
  dethrone();
  await look();
  expect(await text()).not.toMatch(/\{lane=|\{queue=|\{service="model-worker"\}|health_status 2/);
});

test('a service that sleeps is not shown as missing', async () => {
  const { look, text } = watch({ sleeping: ['alert-service'] });
  await look();
  expect(await text()).not.toContain('live_processes{service="alert-service"}');
  expect(await text()).toContain('live_processes{service="gateway"} 0');
});

test('what cannot be read does not take the rest away, and is told', async () => {
  const away = async (): Promise<never> => Promise.reject(new Error('no broker'));
  const { look, text } = watch({ queues: { work: away, dead: away } });
  await expect(look()).rejects.toThrow('no broker');
  expect(await text()).toContain('image2model_active_batches 2');
});
