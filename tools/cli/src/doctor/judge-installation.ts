import { queues, services, type OpsQueue, type OpsWorker, type Overview } from '@image2model/contracts';
import { duration } from '../output/format.js';
import { fine, problem, warning, type Finding } from './finding.js';

/** What the gateway tells an operator. */
export interface Installation {
  overview: Pick<Overview, 'version' | 'health' | 'services' | 'dead_letters_open' | 'lanes' | 'providers'>;
  queues: readonly Pick<OpsQueue, 'name' | 'role' | 'ready' | 'consumers'>[];
  workers: readonly Pick<OpsWorker, 'id' | 'version' | 'stats' | 'state'>[];
}

/** Older than this, a health check says little; they come every 10 min. */
const oldCheckMs = 25 * 60_000;
const mostSkewMs = 5_000;

/** Everything that is to be said about an installation, good or bad. */
export const judgeInstallation = (seen: Installation, cliVersion: string, nowMs: number): Finding[] => [
  judgeVersions(seen, cliVersion),
  judgeServices(seen),
  judgeQueues(seen),
  ...judgeHealth(seen, nowMs),
  judgeClocks(seen),
  ...judgeStops(seen),
  judgeDeadLetters(seen),
];

function judgeVersions({ overview, workers }: Installation, cliVersion: string): Finding {
  const versions = [
    ...new Set([overview.version, cliVersion, ...workers.map(({ version }) => version)]),
  ].sort();
  if (versions.length === 1) return fine('versions', `all ${versions.join()}`);
  return warning(
    'versions',
    `different ones: ${versions.join(', ')} (this command is ${cliVersion})`,
    'Finish the rollout; `i2m workers list` shows who has which.',
  );
}

function judgeServices({ overview }: Installation): Finding {
  const missing = services.filter((name) => (overview.services[name]?.live ?? 0) === 0);
  if (missing.length === 0)
    return fine(
      'services',
      services.map((name) => `${name} ${overview.services[name]?.live ?? 0}`).join(', '),
    );
  return problem(
    'services',
    `without a live process: ${missing.join(', ')}`,
    'Start them and look into their log; one that is up sends a heartbeat every 5 s.',
  );
}

/** Of a channel of alerts, or a paid provider, that may not be configured. */
const isOptional = (queue: string): boolean =>
  queue.includes('.alert.deliver.') || queue === queues.generationNotified.name;

function judgeQueues(seen: Installation): Finding {
  const lonely = seen.queues
    .filter(
      ({ name, role, ready, consumers }) =>
        role === 'work' && consumers === 0 && (!isOptional(name) || ready !== 0),
    )
    .map(({ name }) => name);
  if (lonely.length === 0) return fine('queues', 'every work queue has consumers');
  return problem(
    'queues',
    `nobody consumes ${lonely.join(', ')}`,
    'Is its service up, its lane paused (`i2m lanes list`), or its process drained (`i2m workers list`)?',
  );
}

function judgeHealth({ overview: { health } }: Installation, nowMs: number): Finding[] {
  if (health === null) return [warning('health', 'there was no check yet', 'i2m health --run')];
  const ageMs = nowMs - Date.parse(health.checked_at);
  if (ageMs > oldCheckMs)
    return [
      problem(
        'health',
        `the last check is ${duration(ageMs / 1_000)} old`,
        'Is the maintenance-worker alive? `i2m maintenance schedules`',
      ),
    ];
  if (health.reasons.length === 0)
    return [fine('health', `${health.status}: Redis, RabbitMQ, storage, provider`)];
  return health.reasons.map(({ code, severity, message }) =>
    severity === 'critical'
      ? problem(`health: ${code}`, message, 'See the runbook of the alert; `i2m health --run` checks again.')
      : warning(`health: ${code}`, message, '`i2m health --run` checks again.'),
  );
}

function judgeClocks({ workers }: Installation): Finding {
  const off = workers.filter(({ stats }) => Math.abs(stats.clock_skew_ms) > mostSkewMs);
  if (off.length === 0) return fine('clocks of the services', 'within 5 s of each other');
  return problem(
    'clocks of the services',
    off.map(({ id, stats }) => `${id} is ${(stats.clock_skew_ms / 1_000).toFixed(1)} s off`).join(', '),
    'Set the clocks by NTP: leases and retries go by them.',
  );
}

function judgeStops({ overview: { lanes, providers }, workers }: Installation): Finding[] {
  const paused = lanes.flatMap(({ lane, paused: stop }) =>
    stop === null ? [] : [`lane ${lane}: ${stop.detail}`],
  );
  const parked = providers.flatMap(({ provider, parked: stop }) =>
    stop === null ? [] : [`${provider}: ${stop.detail} (${stop.code})`],
  );
  const drained = workers.filter(({ state }) => state === 'drained').map(({ id }) => id);
  return [
    paused.length === 0
      ? fine('lanes', 'all open')
      : warning('lanes', paused.join('; '), 'i2m lanes resume LANE'),
    parked.length === 0
      ? fine('providers', providers.length === 0 ? 'no paid one' : 'none parked')
      : problem('providers', parked.join('; '), 'Mend the cause, then `i2m providers resume PROVIDER`.'),
    ...(drained.length === 0
      ? []
      : [warning('workers', `drained and idle: ${drained.join(', ')}`, 'i2m workers resume WORKER')]),
  ];
}

function judgeDeadLetters({ overview: { dead_letters_open: open } }: Installation): Finding {
  if (open === 0) return fine('dead letters', 'none open');
  return warning(
    'dead letters',
    `${open} open`,
    '`i2m dead-letters list` says why; `redrive` or `discard` them.',
  );
}
