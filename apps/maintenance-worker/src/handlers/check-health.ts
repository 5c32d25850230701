import type { Broker } from '@image2model/broker';
import { maintenanceRun, priorities } from '@image2model/contracts';
import type { AlertRecords, OpsEvents } from '@image2model/progress';
import type { Logger, Metrics } from '@image2model/service-kit';
import type { HealthFacts } from '../domain/health-facts.js';
import { healthAlert, missedAlert, type HealthReport, type MissedTrouble } from '../domain/health-report.js';
import { healthStatuses, judgeHealth, wantsEmergencyCleanUp, type Verdict } from '../domain/judge-health.js';
import type { HealthReports } from './keep-health-reports.js';
import { sendHealthAlert } from './send-health-alert.js';

export interface HealthCheckDeps {
  collectFacts: () => Promise<HealthFacts>;
  reports: Pick<HealthReports, 'last' | 'save'>;
  broker: Pick<Broker, 'publish' | 'state'>;
  alerts: Pick<AlertRecords, 'post'>;
  opsEvents: Pick<OpsEvents, 'add'>;
  /** a file that waits longer makes the system degraded; 0: never */
  backlogWarningS: number;
  instance: string;
  metrics: Metrics;
  logger: Logger;
  now?: () => Date;
}

/**
 * Measures, judges, tells people of what is news, and keeps the report. Each step goes on when the one before failed: a check
 * is most needed when Redis or RabbitMQ is away. What could not be told is news again next time.
 */
export function createHealthCheck(deps: HealthCheckDeps): (tick: string) => Promise<HealthReport> {
  const { collectFacts, reports, metrics, logger, now = () => new Date() } = deps;
  const tell = createTelling(deps);
  return async (tick) => {
    const facts = await collectFacts();
    const verdict = judgeHealth(facts, deps);
    const before = await reports.last(!facts.redis.ok);
    const checkedAt = now().toISOString();
    const told = await tell({ tick, checkedAt, ...verdict }, before);
    const report = { tick, checkedAt, ...verdict, told, facts: { ...facts } };
    metrics.set('health_status', {}, healthStatuses.indexOf(verdict.status));
    showUse(facts, metrics);
    logger[verdict.status === 'healthy' ? 'info' : 'warn'](`health: ${verdict.status}`, {
      tick,
      reasons: verdict.reasons,
    });
    await reports.save(report);
    await Promise.all([noteChange(report, before, deps), askForRoom(tick, verdict, deps)]);
    return report;
  };
}

type Check = Verdict & { tick: string; checkedAt: string };

/** @returns tells people what is news, and answers which status they know then */
function createTelling(deps: HealthCheckDeps) {
  let missed: MissedTrouble | undefined;
  return async (check: Check, before: HealthReport | undefined): Promise<HealthReport['told']> => {
    const known = before?.told ?? null;
    const alert = healthAlert(check, known);
    if (alert !== undefined && !(await sendHealthAlert('health', alert, deps))) {
      missed ??= { since: check.checkedAt, status: check.status, reasons: check.reasons };
      return known;
    }
    if (missed !== undefined && check.status === 'healthy' && alert === undefined) {
      const late = missedAlert(missed, check.tick, check.checkedAt);
      if (!(await sendHealthAlert('health_missed', late, deps))) return check.status;
    }
    missed = undefined;
    return check.status;
  };
}

async function noteChange(
  { status, reasons }: HealthReport,
  before: HealthReport | undefined,
  { opsEvents, instance }: HealthCheckDeps,
): Promise<void> {
  const was = before?.status ?? null;
  if (was === status) return;
  const why = reasons.map(({ message }) => message).join('; ');
  await opsEvents.add('health.changed', {
    by: instance,
    message: `health is ${status}${why === '' ? '' : `: ${why}`}`,
    details: { status, was, reasons: [...new Set(reasons.map(({ code }) => code))].join(', ') },
  });
}

/** A critical disk asks for the emergency clean-up, which ends by itself when there is room. */
async function askForRoom(
  tick: string,
  verdict: Verdict,
  { broker, logger }: HealthCheckDeps,
): Promise<void> {
  if (!wantsEmergencyCleanUp(verdict)) return;
  const payload = { job: 'emergency-clean-up' as const, tick: 0 };
  await broker
    .publish(maintenanceRun, { id: `emergency:${tick}`, payload }, { priority: priorities.emergency })
    .catch((error: unknown) =>
      logger.error('the disk is critical and the emergency clean-up could not be asked for', { error }),
    );
}

function showUse({ disk, memory }: HealthFacts, metrics: Metrics): void {
  if (disk.ok && disk.usedPercent !== null) metrics.set('disk_used_ratio', {}, disk.usedPercent / 100);
  if (memory.ok) metrics.set('memory_used_ratio', {}, memory.usedPercent / 100);
}
