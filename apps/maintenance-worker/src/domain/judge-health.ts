import { services, type ServiceName } from '@image2model/contracts';
import type { HealthFacts, RabbitFacts, RedisFacts } from './health-facts.js';

export const healthStatuses = ['healthy', 'degraded', 'critical'] as const;
export type HealthStatus = (typeof healthStatuses)[number];

/** One thing that is not as it should be. */
export interface Reason {
  code: string;
  severity: 'warning' | 'critical';
  message: string;
}

/** Percent from which something is reported. */
export const healthLimits = {
  disk: { warning: 90, critical: 95 },
  memory: { warning: 85 },
  redisMemory: { warning: 80, critical: 95 },
  /** of a work queue's x-max-length */
  queue: { warning: 80 },
} as const;

/** x-max-length of the work queues (contracts' declarations). */
const queueCapacity = 200_000;

/** What the facts mean: the worst reason decides. */
export function judgeHealth(facts: HealthFacts): { status: HealthStatus; reasons: Reason[] } {
  const reasons = [
    ...judgeDisk(facts.disk),
    ...judgeMemory(facts.memory),
    ...(facts.redis.ok ? judgeRedis(facts.redis) : [critical('redis', 'Redis does not answer')]),
    ...(facts.rabbitmq.ok ? judgeRabbit(facts.rabbitmq) : [critical('rabbitmq', 'RabbitMQ does not answer')]),
    ...judgeServices(facts),
  ];
  if (reasons.some(({ severity }) => severity === 'critical')) return { status: 'critical', reasons };
  return { status: reasons.length === 0 ? 'healthy' : 'degraded', reasons };
}

const critical = (code: string, message: string): Reason => ({ code, severity: 'critical', message });
const warning = (code: string, message: string): Reason => ({ code, severity: 'warning', message });

function level(
  value: number,
  limits: { warning: number; critical?: number },
): Reason['severity'] | undefined {
  if (limits.critical !== undefined && value >= limits.critical) return 'critical';
  return value >= limits.warning ? 'warning' : undefined;
}

function full(
  code: string,
  what: string,
  percent: number,
  limits: { warning: number; critical?: number },
): Reason[] {
  const severity = level(percent, limits);
  return severity === undefined
    ? []
    : [{ code, severity, message: `${what} is ${Math.floor(percent)} % full` }];
}

function judgeDisk(disk: HealthFacts['disk']): Reason[] {
  if (!disk.ok) return [warning('disk', `The disk of the storage cannot be measured: ${disk.error}`)];
  return full('disk', 'The disk of the storage', disk.usedPercent ?? 0, healthLimits.disk);
}

function judgeMemory(memory: HealthFacts['memory']): Reason[] {
  if (!memory.ok) return [warning('memory', `Memory cannot be measured: ${memory.error}`)];
  return full('memory', 'Memory', memory.usedPercent, healthLimits.memory);
}

function judgeRedis({ usedMemory, maxMemory, aofLastWriteOk, maxMemoryPolicy }: RedisFacts): Reason[] {
  const percent = maxMemory === 0 ? 0 : (100 * usedMemory) / maxMemory;
  return [
    ...full('redis_memory', "Redis's memory", percent, healthLimits.redisMemory),
    ...(aofLastWriteOk ? [] : [critical('redis_aof', 'Redis could not write its append-only file')]),
    ...(maxMemoryPolicy === 'noeviction'
      ? []
      : [
          critical(
            'redis_policy',
            `Redis evicts keys: maxmemory-policy is ${maxMemoryPolicy}, not noeviction`,
          ),
        ]),
  ];
}

function judgeRabbit({ blocked, ready, dead }: RabbitFacts): Reason[] {
  const long = Object.entries(ready).flatMap(([queue, count]) =>
    full(
      'queue_length',
      `Queue ${queue} (${count} messages)`,
      (100 * count) / queueCapacity,
      healthLimits.queue,
    ),
  );
  const left = Object.entries(dead).filter(([, count]) => count > 0);
  return [
    ...(blocked ? [critical('rabbitmq_blocked', 'RabbitMQ takes no messages: a memory or disk alarm')] : []),
    ...long,
    ...left.map(([queue, count]) => warning('dead_letters', `${count} messages lie in ${queue}`)),
  ];
}

/** This process answers for its own service: its first heartbeat may come after its first check. */
function judgeServices({ services: found, redis, settling }: HealthFacts): Reason[] {
  if (!found.ok) return redis.ok ? [critical('heartbeats', 'Heartbeats cannot be read')] : [];
  if (settling) return [];
  const self: ServiceName = 'maintenance-worker';
  return services
    .filter((service) => service !== self && (found.live[service] ?? 0) === 0)
    .map((service) => critical('service_missing', `No process of ${service} is alive`));
}
