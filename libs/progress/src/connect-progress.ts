import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { Attempts } from './attempts.js';
import { BatchControls } from './batch-controls.js';
import { BatchEdits } from './batch-edits.js';
import { Batches } from './batches.js';
import { BatchAudits } from './audit.js';
import { Deletions } from './deletions.js';
import { FactFeed } from './fact-feed.js';
import { FetchedSources } from './fetched-sources.js';
import { Fleet } from './fleet.js';
import { Governor } from './governor.js';
import type { GovernorLimits } from './governor-types.js';
import { IdempotencyKeys } from './idempotency-keys.js';
import { generationChannel } from './keys.js';
import { Ledger } from './ledger.js';
import { LanesIndex, type NudgeListener } from './lanes-index.js';
import { OpsRecords } from './ops-records.js';
import { openRedis, refuseEviction, type ConnectOptions } from './redis-client.js';
import { Retries } from './retries.js';
import { Settlements } from './settlements.js';
import { Spend } from './spend.js';

/** The first connection may take as long as it takes: any service may start before Redis does. */
const untilReady = (redis: Redis): Promise<void> =>
  new Promise((resolve) => {
    redis.once('ready', resolve);
    // a failed first try is not the end: ioredis goes on by its retry strategy and logs through 'error'
    redis.connect().catch(() => undefined);
  });

/** Redis, by what each service does with it. */
export interface Progress {
  /** gateway */
  readonly batches: Batches;
  readonly controls: BatchControls;
  readonly edits: BatchEdits;
  readonly audits: BatchAudits;
  readonly idempotency: IdempotencyKeys;
  /** gateway (deletes), maintenance-worker (erases) */
  readonly deletions: Deletions;
  /** gateway (retry), batch-orchestrator (resume) */
  readonly retries: Retries;
  /** model-worker */
  readonly attempts: Attempts;
  readonly sources: FetchedSources;
  /** model-worker; gateway (reads) */
  readonly ledger: Ledger;
  readonly spend: Spend;
  /** One per provider key; every process that has the same name shares its limit. */
  governor(name: string, limits: GovernorLimits): Governor;
  /** batch-orchestrator */
  readonly settlements: Settlements;
  readonly lanes: LanesIndex;
  /** everybody */
  readonly fleet: Fleet;
  readonly ops: OpsRecords;
  /** Opens a feed with a connection of its own; close it before this. */
  factFeed(): FactFeed;
  onNudge(listener: NudgeListener): Promise<void>;
  /** Tells all workers that the generation of an intent has moved; nobody may listen. */
  tellGeneration(intent: string): Promise<void>;
  onGeneration(listener: (intent: string) => void): Promise<void>;
  close(): Promise<void>;
}

/**
 * Waits for Redis and checks that it keeps what it is given.
 * @throws Error when Redis evicts keys
 */
export async function connectProgress(options: ConnectOptions): Promise<Progress> {
  const redis = openRedis(options);
  const more: { disconnect(): void }[] = [];
  const waiting = { ...options, failFast: false };
  await untilReady(redis);
  try {
    await refuseEviction(redis);
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  const lanes = new LanesIndex(redis);
  return {
    batches: new Batches(redis),
    controls: new BatchControls(redis),
    edits: new BatchEdits(redis, lanes),
    retries: new Retries(redis),
    audits: new BatchAudits(redis),
    idempotency: new IdempotencyKeys(redis, options.idempotencyLeaseMs),
    deletions: new Deletions(redis),
    attempts: new Attempts(redis, options.claimLeaseMs),
    sources: new FetchedSources(redis),
    ledger: new Ledger(redis),
    spend: new Spend(redis),
    governor: (name, limits) => new Governor(redis, name, limits),
    settlements: new Settlements(redis),
    lanes,
    fleet: new Fleet(redis),
    ops: new OpsRecords(redis),
    factFeed: () => new FactFeed(openRedis(waiting), redis, randomUUID(), options.logger),
    onNudge: async (listener) => {
      const subscriber = openRedis(waiting);
      more.push(subscriber);
      await lanes.onNudge(subscriber, listener);
    },
    tellGeneration: async (intent) => {
      await redis.publish(generationChannel, intent);
    },
    onGeneration: async (listener) => {
      const subscriber = openRedis(waiting);
      more.push(subscriber);
      subscriber.on('message', (_channel: string, intent: string) => listener(intent));
      await subscriber.subscribe(generationChannel);
    },
    close: async () => {
      for (const connection of more) connection.disconnect();
      await redis.quit().catch(() => redis.disconnect());
    },
  };
}
