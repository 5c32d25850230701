import type { Broker } from '@image2model/broker';
import type { Progress } from '@image2model/progress';
import type { ServiceContext } from '@image2model/service-kit';
import type { Storage } from '@image2model/storage';
import { createFactCollector } from './adapters/collect-facts.js';
import type { QueueCounter } from './adapters/queue-counter.js';
import type { MaintenanceConfig } from './config.js';
import type { HealthReport } from './domain/health-report.js';
import { createHealthCheck } from './handlers/check-health.js';
import { HealthReports } from './handlers/keep-health-reports.js';

/** A restart takes so long: a service that is gone for a moment is not missed. Shorter with a short period. */
const usualConfirmMs = 5_000;

/** The health check with what it measures by and whom it tells. */
export function wireHealthCheck(
  { config, logger, metrics, instance, startedAtMs, closing }: ServiceContext<MaintenanceConfig>,
  parts: { broker: Broker; progress: Progress; storage: Storage; queues: QueueCounter },
): (tick: string) => Promise<HealthReport> {
  const { broker, progress } = parts;
  const collectFacts = createFactCollector({
    ...parts,
    storageUrl: config.STORAGE_URL,
    startedAtMs,
    graceS: config.HEALTH_GRACE_S,
    sleeping: config.SLEEPING_SERVICES,
    confirmMs: Math.min(usualConfirmMs, config.HEALTH_CHECK_INTERVAL_S * 250),
  });
  const reports = closing(new HealthReports({ ops: progress.ops, logger }), 'health reports');
  return createHealthCheck({
    collectFacts,
    reports,
    broker,
    alerts: progress.alerts,
    opsEvents: progress.opsEvents,
    backlogWarningS: config.BACKLOG_WARNING_S,
    instance,
    metrics,
    logger,
  });
}
