import type { Broker } from '@image2model/broker';
import { alertSend, priorities } from '@image2model/contracts';
import type { OpsRecords } from '@image2model/progress';
import type { Logger, Metrics } from '@image2model/service-kit';
import type { HealthFacts } from '../domain/health-facts.js';
import {
  healthAlert,
  healthReportSchema,
  type HealthAlert,
  type HealthReport,
} from '../domain/health-report.js';
import { healthStatuses, judgeHealth } from '../domain/judge-health.js';

export interface HealthCheckDeps {
  collectFacts: () => Promise<HealthFacts>;
  ops: Pick<OpsRecords, 'lastHealth' | 'saveHealth'>;
  broker: Pick<Broker, 'publish'>;
  metrics: Metrics;
  logger: Logger;
  now?: () => Date;
}

/**
 * Measures, judges, tells people of what is news, and keeps the report. Each step goes on when the one before failed: a check
 * is most needed when Redis or RabbitMQ is away. What could not be told is news again next time.
 */
export function createHealthCheck(deps: HealthCheckDeps): (tick: string) => Promise<HealthReport> {
  const { collectFacts, ops, metrics, logger, now = () => new Date() } = deps;
  let last: HealthReport | undefined;
  return async (tick) => {
    const facts = await collectFacts();
    const verdict = judgeHealth(facts);
    const known = ((await readLast(ops)) ?? last)?.told ?? null;
    const told = (await tell(healthAlert({ tick, ...verdict }, known), deps)) ? verdict.status : known;
    last = { tick, checkedAt: now().toISOString(), ...verdict, told, facts: { ...facts } };
    metrics.set('health_status', {}, healthStatuses.indexOf(verdict.status));
    logger[verdict.status === 'healthy' ? 'info' : 'warn'](`health: ${verdict.status}`, {
      tick,
      reasons: verdict.reasons,
    });
    await ops
      .saveHealth(last)
      .catch((error: unknown) => logger.error('could not keep the health report', { error }));
    return last;
  };
}

async function readLast(ops: HealthCheckDeps['ops']): Promise<HealthReport | undefined> {
  try {
    return healthReportSchema.safeParse(await ops.lastHealth()).data;
  } catch {
    return undefined; // Redis is away, which the report says
  }
}

/** @returns whether there is nothing left to tell */
async function tell(alert: HealthAlert | undefined, { broker, logger }: HealthCheckDeps): Promise<boolean> {
  if (alert === undefined) return true;
  const { id, ...told } = alert;
  try {
    const payload = { code: 'health', ...told, details: {} };
    await broker.publish(alertSend, { id, payload }, { priority: priorities.alert });
    return true;
  } catch (error) {
    logger.error(`could not send the alert: ${told.message}`, { error });
    return false;
  }
}
