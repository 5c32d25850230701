import { services, type ServiceName } from '@image2model/contracts';
import { alertsChannel, generationChannel, nudgeChannel, ordersChannel, type KeyEntry } from '../keys.js';

type KeyName = KeyEntry['name'];

const gateway: ServiceName = 'gateway';
const orchestrator: ServiceName = 'batch-orchestrator';
const worker: ServiceName = 'model-worker';
const maintenance: ServiceName = 'maintenance-worker';
const alerts: ServiceName = 'alert-service';
const all = services;
const batchWriters = [gateway, orchestrator, worker, maintenance];

/**
 * Who may write each key. Redis asks for the right to write every key that a script is given, whatever the script does
 * with it: so a service that runs a script is here with all its keys. The compiler asks for an entry for every new key.
 */
const writers: Readonly<Record<KeyName, readonly ServiceName[]>> = {
  batch: all,
  states: batchWriters,
  attempt: batchWriters,
  sources: batchWriters,
  facts: batchWriters,
  progress: batchWriters,
  outbox: [gateway, orchestrator, maintenance],
  ledger: [gateway, worker, maintenance],
  wire: [gateway, worker, maintenance],
  due: batchWriters,
  redo: batchWriters,
  tombstone: [gateway, maintenance],
  deletions: [gateway, maintenance],
  active: [gateway, orchestrator, maintenance],
  lane: [gateway, orchestrator, worker],
  tenantBatches: [gateway, orchestrator, maintenance],
  wake: [gateway],
  idempotency: [gateway],
  lease: all,
  election: [maintenance],
  effect: [gateway, maintenance, alerts],
  heartbeats: all,
  reports: all,
  abouts: all,
  orders: all,
  health: [maintenance],
  alertRecord: [alerts],
  alertOutbox: [maintenance, alerts],
  alertCount: [alerts],
  governors: [gateway, orchestrator, worker],
  opsEvents: all,
  deadLetters: [gateway, orchestrator, maintenance],
  deadLetterMeta: [gateway, orchestrator, maintenance],
  deadLetterHeads: [gateway, orchestrator, maintenance],
  deadLetterStates: [gateway, orchestrator, maintenance],
  deadLetterContents: [gateway, orchestrator, maintenance],
  deadLetterRetried: [gateway, orchestrator, maintenance],
  expiry: [gateway, orchestrator, maintenance],
  ended: [gateway, orchestrator, maintenance],
  cleanUp: [maintenance],
  schedules: [maintenance],
  scheduleRuns: [maintenance],
  governor: batchWriters,
  slots: batchWriters,
  slotMarks: batchWriters,
  slotReports: batchWriters,
  slotsEnded: batchWriters,
  spend: [gateway, worker],
  deliveries: [maintenance, alerts],
  delivery: [gateway, maintenance, alerts],
  deliveriesDue: [gateway, maintenance, alerts],
  webhookEndpoint: [alerts],
};

/** Who may read a key without writing it. */
const readers: Readonly<Partial<Record<KeyName, readonly ServiceName[]>>> = {
  // what a file is called and what became of it, in what webhooks are told
  states: [alerts],
  attempt: [alerts],
  sources: [alerts],
  facts: [alerts],
  progress: [alerts],
  health: [gateway],
  schedules: [gateway],
  scheduleRuns: [gateway],
  governors: [maintenance],
  deliveries: [gateway],
};

/** Pub/sub channels and who may speak and listen there; Redis does not tell the two apart. */
const channels: Readonly<Record<string, readonly ServiceName[]>> = {
  [nudgeChannel]: [gateway, orchestrator, worker],
  [generationChannel]: [worker],
  [ordersChannel]: all,
  [alertsChannel]: [maintenance, alerts],
};

/** What a service may do with a key; null: nothing. */
export function accessTo(key: KeyName, service: ServiceName): 'write' | 'read' | null {
  if (writers[key].includes(service)) return 'write';
  return readers[key]?.includes(service) === true ? 'read' : null;
}

export const channelsOf = (service: ServiceName): string[] =>
  Object.entries(channels).flatMap(([channel, users]) => (users.includes(service) ? [channel] : []));
