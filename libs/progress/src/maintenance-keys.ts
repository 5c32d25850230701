/** Keys of the upkeep: what may go when, and when its jobs run. Part of `keys`. */
export const maintenanceKeys = {
  expiry: (): string => 'i2m:expiry',
  ended: (): string => 'i2m:ended',
  cleanUp: (): string => 'i2m:clean-up',
  schedules: (): string => 'i2m:schedules',
  scheduleRuns: (): string => 'i2m:schedules:runs',
} as const;

/** The same keys for readers; part of `keyCatalog`. */
export const maintenanceKeyCatalog = [
  {
    name: 'expiry',
    pattern: 'i2m:expiry',
    type: 'zset',
    holds: 'ended batches → ms when their retention is over',
    lifetime: 'entries with the batch',
    writer: 'batch-orchestrator, gateway (changed retention), maintenance-worker',
  },
  {
    name: 'ended',
    pattern: 'i2m:ended',
    type: 'zset',
    holds: 'ended batches → ms when their last run ended',
    lifetime: 'entries with the batch',
    writer: 'batch-orchestrator, gateway (changed retention), maintenance-worker',
  },
  {
    name: 'cleanUp',
    pattern: 'i2m:clean-up',
    type: 'hash',
    holds: 'how far the slow walks of the clean-up came, what an emergency clean-up under way has freed',
    lifetime: 'for ever',
    writer: 'maintenance-worker',
  },
  {
    name: 'schedules',
    pattern: 'i2m:schedules',
    type: 'hash',
    holds: 'job → when it runs and next runs',
    lifetime: 'for ever',
    writer: 'maintenance-worker',
  },
  {
    name: 'scheduleRuns',
    pattern: 'i2m:schedules:runs',
    type: 'hash',
    holds: 'job → its last run',
    lifetime: 'for ever',
    writer: 'maintenance-worker',
  },
] as const;
