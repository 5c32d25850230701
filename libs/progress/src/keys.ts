import { deadLetterKeyCatalog, deadLetterKeys } from './dead-letter-keys.js';
import { fleetKeyCatalog, fleetKeys } from './fleet-keys.js';
import { maintenanceKeyCatalog, maintenanceKeys } from './maintenance-keys.js';
import { providerKeyCatalog, providerKeys } from './provider-keys.js';
import { webhookKeyCatalog, webhookKeys } from './webhook-keys.js';

/**
 * Every Redis key of the system. {braces} keep all keys of one batch on one cluster slot, so one script may touch
 * them all. Keys of a batch live until clean-up deletes the batch.
 */
export const keys = {
  batch: (id: string): string => `i2m:{${id}}:b`,
  states: (id: string): string => `i2m:{${id}}:s`,
  attempt: (id: string, idx: number | string): string => `i2m:{${id}}:a:${idx}`,
  sources: (id: string): string => `i2m:{${id}}:f`,
  facts: (id: string): string => `i2m:{${id}}:e`,
  progress: (id: string): string => `i2m:{${id}}:p`,
  outbox: (id: string): string => `i2m:{${id}}:o`,
  ledger: (id: string): string => `i2m:{${id}}:l`,
  wire: (id: string): string => `i2m:{${id}}:w`,
  due: (id: string): string => `i2m:{${id}}:due`,
  redo: (id: string): string => `i2m:{${id}}:redo`,
  tombstone: (id: string): string => `i2m:{${id}}:x`,
  deletions: (): string => 'i2m:deletions',
  active: (): string => 'i2m:active',
  lane: (lane: string): string => `i2m:lane:${lane}`,
  tenantBatches: (tenant: string): string => `i2m:tenant:${tenant}:batches`,
  wake: (instance: string): string => `i2m:wake:${instance}`,
  idempotency: (tenant: string, keyHash: string): string => `i2m:idempotency:${tenant}:${keyHash}`,
  ...fleetKeys,
  ...deadLetterKeys,
  ...maintenanceKeys,
  ...providerKeys,
  ...webhookKeys,
} as const;

/** Redis pub/sub channel: a lane has new work or room, or a batch of it is new (a hint; dispatchers also look by themselves). */
export const nudgeChannel = 'i2m:nudge';

/** Redis pub/sub channel: the generation of an intent has moved (a hint; whoever waits for it also looks by himself). */
export const generationChannel = 'i2m:generation';

/** Redis pub/sub channel: operators ordered something (a hint; heartbeats bring the orders too). */
export const ordersChannel = 'i2m:orders-changed';

/** Redis pub/sub channel: an alert was posted. */
export const alertsChannel = 'i2m:alert-posted';

export interface KeyEntry {
  name: keyof typeof keys;
  pattern: string;
  type: 'hash' | 'string' | 'list' | 'stream' | 'zset';
  holds: string;
  lifetime: string;
  writer: string;
}

const entry = (
  name: keyof typeof keys,
  pattern: string,
  type: KeyEntry['type'],
  holds: string,
  lifetime: string,
  writer: string,
): KeyEntry => ({ name, pattern, type, holds, lifetime, writer });

/** The same keys for readers; docs/generated/redis-keys.md is made from it. */
export const keyCatalog: readonly KeyEntry[] = [
  entry(
    'batch',
    'i2m:{<batch>}:b',
    'hash',
    'state, totals, counters (a cache of the states), lane, settings, fan-out cursor, hold, retry under way, timestamps',
    'with the batch',
    'gateway (staging, cancel and hold flags, appends, retry), batch-orchestrator; claim counts running files',
  ),
  entry(
    'states',
    'i2m:{<batch>}:s',
    'string',
    'one byte a file: P pending, R running, S completed, F failed, X cancelled. The truth',
    'with the batch',
    'gateway (staging), model-worker (P to R), batch-orchestrator',
  ),
  entry(
    'attempt',
    'i2m:{<batch>}:a:<idx>',
    'hash',
    'token (fencing), lease, message, gen, attempts, crashes, tries by kind, intent, when its image was fetched, generation, cost, conclusion and its result',
    'with the batch',
    'model-worker; batch-orchestrator (condemn, reissue); gateway (image fetched)',
  ),
  entry(
    'sources',
    'i2m:{<batch>}:f',
    'list',
    'name, bytes, media type and size of each source, URL (without its query) and metadata of images by URL, by idx',
    'with the batch',
    'gateway; model-worker (what a fetched image is)',
  ),
  entry(
    'facts',
    'i2m:{<batch>}:e',
    'stream',
    'the facts that SSE clients see; trimmed at 3 × total + 1,000',
    'with the batch',
    'the scripts, in the step that makes the fact true',
  ),
  entry(
    'progress',
    'i2m:{<batch>}:p',
    'hash',
    'idx → percent:stage of running files, latest value only',
    'with the batch',
    'model-worker',
  ),
  entry(
    'outbox',
    'i2m:{<batch>}:o',
    'hash',
    'event id → completion not yet confirmed by the broker',
    'until relayed',
    'batch-orchestrator',
  ),
  entry(
    'ledger',
    'i2m:{<batch>}:l',
    'hash',
    'intent → what became of it: file, state, price in millionths of a dollar, endpoint, request of the provider',
    'with the batch',
    'model-worker',
  ),
  entry(
    'wire',
    'i2m:{<batch>}:w',
    'zset',
    'intents whose paid submit is unanswered → ms when it was decided',
    'entries until answered',
    'model-worker',
  ),
  entry(
    'due',
    'i2m:{<batch>}:due',
    'zset',
    'idx in flight → ms when someone must have moved it',
    'with the batch',
    'model-worker, batch-orchestrator',
  ),
  entry(
    'redo',
    'i2m:{<batch>}:redo',
    'zset',
    'idx of files to publish before the cursor goes on (held back, or chosen for a retry) → place in the list',
    'entries until published',
    'model-worker (held claims), gateway (retry), batch-orchestrator',
  ),
  entry(
    'tombstone',
    'i2m:{<batch>}:x',
    'hash',
    'what is left of a deleted batch: its hash until everything of it is erased, then its id and its times',
    '24 h from the deletion, longer only while it is not erased',
    'gateway (deletion), maintenance-worker (erasing)',
  ),
  entry(
    'deletions',
    'i2m:deletions',
    'zset',
    'deleted batches → ms when someone must look after them: erase them, later forget them',
    'entries 24 h from the deletion',
    'gateway, maintenance-worker',
  ),
  entry(
    'active',
    'i2m:active',
    'zset',
    'batches whose completion is not relayed yet → ms of acceptance, + 1 for each further run',
    'entries until relayed',
    'gateway, batch-orchestrator',
  ),
  entry(
    'lane',
    'i2m:lane:<lane>',
    'zset',
    'batches with files to fan out → ms of acceptance',
    'entries until fanned out',
    'gateway, batch-orchestrator',
  ),
  entry(
    'tenantBatches',
    'i2m:tenant:<tenant>:batches',
    'zset',
    'batches of a tenant → ms of acceptance',
    'entries with the batch',
    'gateway',
  ),
  entry(
    'wake',
    'i2m:wake:<instance>',
    'stream',
    'interrupts the blocking read of one process',
    '60 s',
    'gateway',
  ),
  entry(
    'idempotency',
    'i2m:idempotency:<tenant>:<sha256 of the key>',
    'hash',
    'batch of the request, receiving | accepting | accepted, lease, hash of the body, answer',
    '24 h from the acceptance, or from the last sign of life of the request',
    'gateway',
  ),
  ...fleetKeyCatalog,
  ...deadLetterKeyCatalog,
  ...maintenanceKeyCatalog,
  ...providerKeyCatalog,
  ...webhookKeyCatalog,
];
