import { workQueues } from '@image2model/contracts';
import type { FleetFacts, HealthFacts, RabbitFacts, RedisFacts } from './health-facts.js';
import { critical, full, warning, type Reason } from './reason.js';

/** Percent from which something is reported. */
export const serverLimits = {
  redisMemory: { warning: 80, critical: 95 },
  redisClients: { warning: 80, critical: 95 },
  /** of a work queue's x-max-length */
  queue: { warning: 80 },
} as const;

/** x-max-length of the work queues (contracts' declarations). */
const queueCapacity = 200_000;
/** After a reconnect the consumers of others come back within their back-off. */
const reconnectS = 20;

export function judgeRedis(redis: HealthFacts['redis']): Reason[] {
  if (!redis.ok)
    return [
      critical(
        'redis',
        'Redis does not answer: nothing is accepted or settled until it does; look at its process and its log',
      ),
    ];
  return [...judgeRedisRoom(redis), ...judgeRedisSafety(redis)];
}

function judgeRedisRoom({ usedMemory, maxMemory, clients, maxClients }: RedisFacts): Reason[] {
  const share = (part: number, whole: number): number => (whole === 0 ? 0 : (100 * part) / whole);
  return [
    ...full(
      { code: 'redis_memory', what: "Redis's memory", percent: share(usedMemory, maxMemory) },
      serverLimits.redisMemory,
      'raise maxmemory, or delete ended batches',
    ),
    ...full(
      { code: 'redis_clients', what: "Redis's room for clients", percent: share(clients, maxClients) },
      serverLimits.redisClients,
      `${clients} of maxclients ${maxClients} are connected; raise it, or run fewer processes`,
    ),
  ];
}

function judgeRedisSafety({ aofLastWriteOk, lastSaveOk, maxMemoryPolicy, evicted }: RedisFacts): Reason[] {
  const reasons: Reason[] = [];
  if (!aofLastWriteOk)
    reasons.push(
      critical('redis_aof', 'Redis could not write its append-only file: look at its disk and its log'),
    );
  if (!lastSaveOk)
    reasons.push(
      warning('redis_save', 'The last background save of Redis failed: look at its disk and its log'),
    );
  if (maxMemoryPolicy !== 'noeviction')
    reasons.push(
      critical(
        'redis_policy',
        `Redis may drop keys: set maxmemory-policy noeviction (it is ${maxMemoryPolicy})`,
      ),
    );
  if (evicted > 0)
    reasons.push(
      critical(
        'redis_evicted',
        `Redis dropped ${evicted} keys to make room: batches may be damaged; set maxmemory-policy noeviction and audit the live ones`,
      ),
    );
  return reasons;
}

export function judgeRabbit({ rabbitmq, fleet }: Pick<HealthFacts, 'rabbitmq' | 'fleet'>): Reason[] {
  if (!rabbitmq.ok)
    return [
      critical(
        'rabbitmq',
        'RabbitMQ does not answer: no work is handed out until it does; look at its process and its log',
      ),
    ];
  const { blocked, ready, dead, missing } = rabbitmq;
  const long = Object.entries(ready).flatMap(([queue, count]) =>
    full(
      {
        code: 'queue_length',
        what: `Queue ${queue} (${count} messages)`,
        percent: (100 * count) / queueCapacity,
      },
      serverLimits.queue,
      'add processes of its service, or pause the lane',
    ),
  );
  const left = Object.entries(dead).filter(([, count]) => count > 0);
  return [
    ...(blocked
      ? [
          critical(
            'rabbitmq_blocked',
            'RabbitMQ takes no messages: a memory or disk alarm; free its disk or give it memory',
          ),
        ]
      : []),
    ...missing.map((queue) =>
      critical(
        'queue_missing',
        `Queue ${queue} is gone: restart a process of any service, which declares it again`,
      ),
    ),
    ...long,
    ...judgeUnattended(rabbitmq, fleet),
    ...left.map(([queue, count]) =>
      warning('dead_letters', `${count} messages lie in ${queue}: no batch-orchestrator collects them`),
    ),
  ];
}

/** Messages that nobody takes although their service lives. */
function judgeUnattended(
  { connectedForS, ready, consumers }: RabbitFacts,
  fleet: HealthFacts['fleet'],
): Reason[] {
  if (!fleet.ok || connectedForS < reconnectS) return [];
  return workQueues
    .filter(({ name }) => (ready[name] ?? 0) > 0 && (consumers[name] ?? 1) === 0)
    .filter(({ name, service }) => takesWork(fleet, service) && !isPaused(fleet, name))
    .map(({ name }) =>
      warning(
        'queue_unattended',
        `${ready[name]} messages wait in ${name} and no process takes them: look at the log of its service, or purge the queue`,
      ),
    );
}

/** True when all queues of a service are without a consumer and should not be, whatever its heartbeats say. */
export function isDeserted(
  service: (typeof workQueues)[number]['service'],
  rabbitmq: HealthFacts['rabbitmq'],
  fleet: FleetFacts,
): boolean {
  const own = workQueues.filter((queue) => queue.service === service);
  if (!rabbitmq.ok || rabbitmq.connectedForS < reconnectS || own.length === 0) return false;
  return own.every(({ name }) => (rabbitmq.consumers[name] ?? 1) === 0 && !isPaused(fleet, name));
}

const takesWork = ({ services }: FleetFacts, service: keyof FleetFacts['services']): boolean =>
  services[service].live > services[service].drained;

const isPaused = ({ pausedLanes }: FleetFacts, queue: string): boolean =>
  pausedLanes.some((lane) => queue.endsWith(`.${lane}`));
