import { services } from '@image2model/contracts';
import { judgeInstallation, type Installation } from './judge-installation.js';
import { judgeClock, judgeNode } from './judge-machine.js';

const nowMs = Date.parse('2030-01-01T00:00:00Z');
const live = { live: 1, draining: 0 };
const stats = { handled: {}, rss_mb: 1, cpu_percent: 1, loop_delay_ms: 1, clock_skew_ms: 3 };
const good: Installation = {
  overview: {
    version: '1',
    health: { status: 'healthy', checked_at: '2029-12-31T23:59:00Z', reasons: [], facts: {} },
    services: {
      gateway: live,
      'batch-orchestrator': live,
      'model-worker': live,
      'maintenance-worker': live,
      'alert-service': live,
    },
    dead_letters_open: 0,
    lanes: [],
    providers: [],
  },
  queues: [
    { name: 'q', role: 'work', ready: 0, consumers: 1 },
    { name: 'q.dead', role: 'dead', ready: 0, consumers: 0 },
    { name: 'alert-service.alert.deliver.slack', role: 'work', ready: 0, consumers: 0 },
    { name: 'model-worker.generation.notified', role: 'work', ready: 0, consumers: 0 },
  ],
  workers: [{ id: 'w', version: '1', state: 'running', stats }],
};
const bad = (change: Partial<Installation>, overview: Partial<Installation['overview']> = {}): string[] =>
  judgeInstallation({ ...good, ...change, overview: { ...good.overview, ...overview } }, '1', nowMs)
    .filter(({ state }) => state !== 'ok')
    .map(({ check, state, todo }) => `${state} ${check}${todo === undefined ? ' without advice' : ''}`);

test('nothing is said against a good installation', () => {
  expect(services).toHaveLength(5);
  expect(bad({})).toEqual([]);
});

test.each<[string, Partial<Installation>, Partial<Installation['overview']>, string]>([
  [
    'another version',
    { workers: [{ id: 'w', version: '2', state: 'running', stats }] },
    {},
    'warning versions',
  ],
  [
    'a service away',
    {},
    { services: { ...good.overview.services, 'model-worker': { live: 0, draining: 0 } } },
    'problem services',
  ],
  [
    'a queue without consumer',
    { queues: [{ name: 'q', role: 'work', ready: 0, consumers: 0 }] },
    {},
    'problem queues',
  ],
  [
    'a channel that does not deliver',
    { queues: [{ name: 'a.alert.deliver.slack', role: 'work', ready: 1, consumers: 0 }] },
    {},
    'problem queues',
  ],
  ['no check', {}, { health: null }, 'warning health'],
  [
    'an old check',
    {},
    { health: { status: 'healthy', checked_at: '2029-12-31T23:00:00Z', reasons: [], facts: {} } },
    'problem health',
  ],
  [
    'a clock',
    { workers: [{ id: 'w', version: '1', state: 'running', stats: { ...stats, clock_skew_ms: -6_000 } }] },
    {},
    'problem clocks of the services',
  ],
  [
    'a drained worker',
    { workers: [{ id: 'w', version: '1', state: 'drained', stats }] },
    {},
    'warning workers',
  ],
  ['dead letters', {}, { dead_letters_open: 2 }, 'warning dead letters'],
])('%s', (_, change, overview, expected) => {
  expect(bad(change, overview)).toEqual([expected]);
});

test('a reason of the health check is a finding', () => {
  const reasons = [
    { code: 'disk', severity: 'critical' as const, message: 'full' },
    { code: 'memory', severity: 'warning' as const, message: 'much' },
  ];
  const health = { status: 'critical' as const, checked_at: '2029-12-31T23:59:00Z', reasons, facts: {} };
  expect(bad({}, { health })).toEqual(['problem health: disk', 'warning health: memory']);
});

test('Node and the clock of this machine', () => {
  expect(['v20.18.1', 'v18.20.0', 'v20.19.0', 'v24.0.0'].map((version) => judgeNode(version).state)).toEqual([
    'problem',
    'problem',
    'ok',
    'ok',
  ]);
  expect(
    [0, 4_900, 20_000, -20_000, Number.NaN].map((offMs) => judgeClock(nowMs, nowMs + offMs).state),
  ).toEqual(['ok', 'ok', 'warning', 'warning', 'warning']);
});
