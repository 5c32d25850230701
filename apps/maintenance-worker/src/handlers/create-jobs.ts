import type { Broker } from '@image2model/broker';
import type { Progress } from '@image2model/progress';
import type { Logger, Metrics } from '@image2model/service-kit';
import type { Storage } from '@image2model/storage';
import type { MaintenanceConfig } from '../config.js';
import { createCleanUp } from './clean-up.js';
import { createEmergencyCleanUp } from './emergency-clean-up.js';
import type { Erase } from './erase-remains.js';
import { createDeletionSweep } from './finish-deletions.js';
import type { Jobs } from './run-maintenance.js';

export interface JobParts {
  config: Pick<MaintenanceConfig, 'CLEAN_UP_TARGET_PERCENT' | 'TRASH_DAYS' | 'OPS_RECORDS_DAYS'>;
  progress: Pick<
    Progress,
    'fleet' | 'batches' | 'deletions' | 'expiry' | 'expiryScan' | 'deadLetters' | 'opsEvents'
  >;
  broker: Pick<Broker, 'publish'>;
  storage: Storage;
  erase: Erase;
  metrics: Pick<Metrics, 'inc'>;
  logger: Logger;
  instance: string;
  /** @see EmergencyParts */
  usedPercent: () => Promise<number | null>;
  /** @returns the status */
  checkHealth: (tick: string) => Promise<{ status: string }>;
}

/** Every job of the timetable. */
export function createJobs({ config, progress, checkHealth, ...parts }: JobParts): Jobs {
  const { expiryScan: scan } = progress;
  return {
    'health-check': async ({ id }) => ({ detail: (await checkHealth(id)).status }),
    'clean-up': createCleanUp({
      ...{ ...progress, ...parts, scan },
      trashDays: config.TRASH_DAYS,
      recordsDays: config.OPS_RECORDS_DAYS,
    }),
    'emergency-clean-up': createEmergencyCleanUp({
      ...{ ...progress, ...parts },
      targetPercent: config.CLEAN_UP_TARGET_PERCENT,
    }),
    'finish-deletions': createDeletionSweep({ ...progress, ...parts }),
  };
}
