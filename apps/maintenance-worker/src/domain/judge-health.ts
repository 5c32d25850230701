import type { HealthFacts } from './health-facts.js';
import { judgeFleet } from './judge-fleet.js';
import { judgeRabbit, judgeRedis } from './judge-servers.js';
import { judgeWork } from './judge-work.js';
import { full, warning, type Reason } from './reason.js';

export const healthStatuses = ['healthy', 'degraded', 'critical'] as const;
export type HealthStatus = (typeof healthStatuses)[number];
export type { Reason } from './reason.js';

/** Percent from which something is reported. */
export const healthLimits = { disk: { warning: 90, critical: 95 }, memory: { warning: 85 } } as const;

export interface Verdict {
  status: HealthStatus;
  reasons: Reason[];
}

/** What the facts mean: the worst reason decides. @param backlogWarningS see judgeWork */
export function judgeHealth(facts: HealthFacts, { backlogWarningS }: { backlogWarningS: number }): Verdict {
  const reasons = [
    ...judgeDisk(facts.disk),
    ...judgeMemory(facts.memory),
    ...judgeRedis(facts.redis),
    ...judgeRabbit(facts),
    ...judgeFleet(facts),
    ...judgeWork(facts, backlogWarningS),
  ];
  if (reasons.some(({ severity }) => severity === 'critical')) return { status: 'critical', reasons };
  return { status: reasons.length === 0 ? 'healthy' : 'degraded', reasons };
}

/** Whether ended batches have to go before their time. */
export const wantsEmergencyCleanUp = ({ reasons }: Verdict): boolean =>
  reasons.some(({ code, severity }) => code === 'disk' && severity === 'critical');

function judgeDisk(disk: HealthFacts['disk']): Reason[] {
  if (!disk.ok) return [warning('disk', `The storage cannot be measured: ${disk.error}`)];
  return full(
    { code: 'disk', what: 'The disk of the storage', percent: disk.usedPercent ?? 0 },
    healthLimits.disk,
    'delete batches, shorten their retention, or give it room',
  );
}

function judgeMemory(memory: HealthFacts['memory']): Reason[] {
  if (!memory.ok) return [warning('memory', `Memory cannot be measured: ${memory.error}`)];
  return full(
    { code: 'memory', what: 'Memory', percent: memory.usedPercent },
    healthLimits.memory,
    'run fewer slots on this machine, or give it memory',
  );
}
