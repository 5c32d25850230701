import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { code, page, table } from './markdown.mjs';

/**
 * What the Celery design did, where it lives here, and a test that names it.
 * @typedef {{ original: string, here: string, tests: readonly [file: string, title: string][] }} CeleryRow
 * @type {readonly CeleryRow[]}
 */
export const celeryRows = [
  {
    original: 'task routing to `batch_processing`, `model_generation`, `maintenance`, `priority`',
    here: 'topology in contracts; queues per service, lanes, priority queues',
    tests: [['tools/system-tests/test/control.int.spec.ts', 'task routing to priority']],
  },
  {
    original: 'JSON only, UTC, tracked results',
    here: 'zod envelopes, ISO-8601 UTC; results in the manifest',
    tests: [['libs/contracts/src/envelope.spec.ts', 'JSON only, UTC']],
  },
  {
    original: '`acks_late`, `reject_on_worker_lost`, prefetch 1/2/4/1',
    here: 'ack after the next durable thing exists; prefetch per queue',
    tests: [
      ['libs/broker/test/consuming.int.spec.ts', 'acks_late and prefetch 1/2/4/1'],
      ['tools/system-tests/test/dead-letters.int.spec.ts', 'acks_late, reject_on_worker_lost'],
    ],
  },
  {
    original: 'soft limit 1500 s, hard limit 1800 s',
    here: 'SOFT_LIMIT_S and HARD_LIMIT_S, counted in Redis from the bind; the provider is asked to cancel',
    tests: [['apps/model-worker/test/limits.int.spec.ts', 'soft limit 1500 s, hard limit 1800 s']],
  },
  {
    original: 'worker profiles with a concurrency each, `max_tasks_per_child`',
    here: 'concurrency per service; generator threads and whole services recycle themselves',
    tests: [
      ['libs/service-kit/src/recycle-rule.spec.ts', 'max_tasks_per_child'],
      ['tools/system-tests/test/recycling.int.spec.ts', 'max_tasks_per_child'],
    ],
  },
  {
    original: 'process title, connection pools, worker start/stop steps',
    here: '`process.title`, start and stop order of service-kit, drain',
    tests: [['libs/service-kit/test/run-service.int.spec.ts', 'process title, worker start/stop steps']],
  },
  {
    original: 'prerun/postrun/failure/retry signals',
    here: 'one hook in the consumer: logs, metrics and traces around every task',
    tests: [['libs/broker/test/steering.int.spec.ts', 'signals prerun, postrun, failure and retry']],
  },
  {
    original: '`process_batch` (3 retries, 60 s) → chord → returns ids',
    here: '`batch.submitted` → windowed fan-out and fan-in; the ids come back in the 202',
    tests: [['tools/system-tests/test/crashes.int.spec.ts', 'process_batch and its chord']],
  },
  {
    original:
      '`generate_single_model`: network and API errors with back-off ≤ 600 s, 429 waits `retry_after` or 60 s, auth never',
    here: 'kinds of failure → retry ladder; the provider is parked for everybody on auth, account and rate failures',
    tests: [['libs/fal/src/failure-of-answer.spec.ts', 'generate_single_model']],
  },
  {
    original: 'progress callback per file, pub/sub `progress:{job_id}`',
    here: 'a Redis stream for each batch, SSE with Last-Event-ID; webhooks of files',
    tests: [
      ['apps/gateway/test/events.int.spec.ts', 'progress callback per file, pub/sub progress:{job_id}'],
      ['tools/system-tests/test/webhooks.int.spec.ts', 'progress callback per file'],
    ],
  },
  {
    original: '`finalize_batch`: counts, status kept 24 h, notification',
    here: 'completion script, retention of each batch, event and webhook',
    tests: [
      ['libs/progress/test/expiry.int.spec.ts', 'finalize_batch'],
      ['tools/system-tests/test/webhooks.int.spec.ts', 'finalize_batch'],
    ],
  },
  {
    original:
      '`cleanup_old_files` hourly, `system_health_check` every 10 min (disk 90 %, memory 85 %, Redis, workers; healthy/degraded/critical)',
    here: 'maintenance-worker with a timetable that elects for each tick; live batches are never deleted',
    tests: [
      ['apps/maintenance-worker/test/clean-up.int.spec.ts', 'cleanup_old_files hourly'],
      ['apps/maintenance-worker/src/domain/judge-health.spec.ts', 'system_health_check'],
      ['apps/maintenance-worker/test/health-check.int.spec.ts', 'system_health_check'],
    ],
  },
  {
    original: '`send_alert`, `emergency_cleanup` at priority 10',
    here: 'alert-service; emergency clean-up shortens the retention of terminal batches only',
    tests: [
      ['apps/alert-service/test/alert-service.int.spec.ts', 'send_alert at priority 10'],
      ['apps/maintenance-worker/src/handlers/check-health.spec.ts', 'emergency_cleanup at priority 10'],
      ['apps/maintenance-worker/test/clean-up.int.spec.ts', 'emergency_cleanup'],
    ],
  },
  {
    original: 'Flower with basic auth: tasks, workers, queues',
    here: '`/ops` page and ops API over durable data, with keys',
    tests: [
      ['apps/gateway/test/ops-access.int.spec.ts', 'Flower with basic auth'],
      ['apps/gateway/test/ops-reading.system.int.spec.ts', 'Flower with basic auth'],
    ],
  },
  {
    original:
      'metrics tasks_total, task_duration_seconds (buckets 1,5,10,30,60,120,300,600), active_tasks, queue_length, clean-up counters',
    here: 'the same families under `image2model_`',
    tests: [['tools/system-tests/test/metrics.int.spec.ts', 'metrics tasks_total, task_duration_seconds']],
  },
  {
    original: 'inspect active/registered/reserved/stats, purge, events, debug logging',
    here: '`i2m` over the ops API',
    tests: [
      ['apps/gateway/test/ops-reading.system.int.spec.ts', 'inspect active/registered/reserved/stats'],
      ['tools/cli/test/operate.int.spec.ts', 'inspect active, reserved, registered, stats'],
    ],
  },
  {
    original: '“scale workers independently”, “implement autoscaling”',
    here: 'one Deployment for each service; a process that joins takes its share',
    tests: [['tools/system-tests/test/control.int.spec.ts', 'scale workers independently']],
  },
];

/** @param {string} root @returns {string[]} tests that are named above and are not there */
export const missingTests = (root) =>
  celeryRows.flatMap(({ tests }) =>
    tests
      .filter(([file, title]) => {
        const path = join(root, file);
        return (
          !existsSync(path) || !titlesOf(readFileSync(path, 'utf8')).some((text) => text.includes(title))
        );
      })
      .map(([file, title]) => `${file}: ${title}`),
  );

/** @param {string} source */
const titlesOf = (source) =>
  [...source.matchAll(/\b(?:describe|it|test)(?:\.each[\s\S]*?\))?\(\s*['"`]([^\n]*)/g)].map(
    ([, title = '']) => title,
  );

export const celeryPage = () =>
  page(
    'From Celery',
    'Everything that the Celery design did, where it lives here, and the tests that name it.',
    table(
      ['original', 'here', 'tests'],
      celeryRows.map(({ original, here, tests }) => [
        original,
        here,
        tests.map(([file, title]) => `${code(file)} “${title}”`).join('<br>'),
      ]),
    ),
  );
