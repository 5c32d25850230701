import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { AlertRecords } from './alert-records.js';
import { Attempts } from './attempts.js';
import { BatchControls } from './batch-controls.js';
import { BatchEdits } from './batch-edits.js';
import { Backlog } from './backlog.js';
import { Batches } from './batches.js';
import { BatchAudits } from './audit.js';
import { DeadLetters } from './dead-letters.js';
import { Deletions } from './deletions.js';
import { Deliveries } from './deliveries.js';
import { Expiry } from './expiry.js';
import { ExpiryScan } from './expiry-scan.js';
import { FactFeed } from './fact-feed.js';
import { FetchedSources } from './fetched-sources.js';
import { Fleet } from './fleet.js';
import { Governor } from './governor.js';
import type { GovernorLimits } from './governor-types.js';
import { IdempotencyKeys } from './idempotency-keys.js';
import { generationChannel } from './keys.js';
import { Ledger } from './ledger.js';
import { LanesIndex, type NudgeListener } from './lanes-index.js';
import { OpsEvents } from './ops-events.js';
import { Orders } from './orders.js';
import { OpsViews } from './ops-views.js';
import { OpsRecords } from './ops-records.js';
import { openRedis, refuseEviction, warnOfEviction, type ConnectOptions } from './redis-client.js';
import { Retries } from './retries.js';
import { Schedules } from './schedules.js';
import { Settlements } from './settlements.js';
import { Spend } from './spend.js';
import { VitalSigns } from './vital-signs.js';
import { WebhookEndpoints } from './webhook-endpoints.js';

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
  /** maintenance-worker */
  readonly expiry: Expiry;
  readonly expiryScan: ExpiryScan;
  /** maintenance-worker (writes), gateway (reads) */
  readonly schedules: Schedules;
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
  /** maintenance-worker, gateway */
  readonly backlog: Backlog;
  /** everybody */
  readonly fleet: Fleet;
  readonly orders: Orders;
  readonly ops: OpsRecords;
  /** batch-orchestrator (lists, redrives), gateway (shows, asks), maintenance-worker (trims) */
  readonly deadLetters: DeadLetters;
  readonly opsEvents: OpsEvents;
  /** gateway */
  readonly opsViews: OpsViews;
  /** alert-service; maintenance-worker (posts) */
  readonly alerts: AlertRecords;
  /** maintenance-worker */
  readonly vitals: VitalSigns;
  /** alert-service; gateway (shows, redelivers) */
  readonly deliveries: Deliveries;
  readonly endpoints: WebhookEndpoints;
  /** Opens a feed with a connection of its own; close it before this. */
  factFeed(): FactFeed;
  onNudge(listener: NudgeListener): Promise<void>;
  /** An alert came by Redis, or the connection to it is new. */
  onAlertPosted(listener: () => void): Promise<void>;
  /** An operator ordered something. */
  onOrders(listener: () => void): Promise<void>;
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
  // another server may have become the master
  redis.on('ready', () => void warnOfEviction(redis, options.logger));
  const lanes = new LanesIndex(redis);
  const deletions = new Deletions(redis);
  const fleet = new Fleet(redis);
  const orders = new Orders(redis, () => fleet.serverTimeMs());
  const alerts = new AlertRecords(redis);
  const vitals = new VitalSigns(redis);
  return {
    batches: new Batches(redis),
    controls: new BatchControls(redis),
    edits: new BatchEdits(redis, lanes),
    retries: new Retries(redis),
    audits: new BatchAudits(redis),
    idempotency: new IdempotencyKeys(redis, options.idempotencyLeaseMs),
    deletions,
    expiry: new Expiry(redis, deletions),
    expiryScan: new ExpiryScan(redis),
    schedules: new Schedules(redis),
    attempts: new Attempts(redis, options.claimLeaseMs),
    sources: new FetchedSources(redis),
    ledger: new Ledger(redis),
    spend: new Spend(redis),
    governor: (name, limits) => {
      const nameIt = (): void => void vitals.nameGovernor(name, Date.now()).catch(() => undefined);
      const timer = setInterval(nameIt, 60_000).unref();
      more.push({ disconnect: () => clearInterval(timer) });
      nameIt();
      return new Governor(redis, name, limits);
    },
    settlements: new Settlements(redis),
    deliveries: new Deliveries(redis),
    endpoints: new WebhookEndpoints(redis),
    lanes,
    backlog: new Backlog(redis),
    fleet,
    orders,
    ops: new OpsRecords(redis),
    deadLetters: new DeadLetters(redis),
    opsEvents: new OpsEvents(redis),
    opsViews: new OpsViews(redis),
    alerts,
    vitals,
    factFeed: () => new FactFeed(openRedis(waiting), redis, randomUUID(), options.logger),
    onNudge: async (listener) => {
      const subscriber = openRedis(waiting);
      more.push(subscriber);
      await lanes.onNudge(subscriber, listener);
    },
    onAlertPosted: async (listener) => {
      const subscriber = openRedis(waiting);
      more.push(subscriber);
      await alerts.onPosted(subscriber, listener);
    },
    onOrders: async (listener) => {
      const subscriber = openRedis(waiting);
      more.push(subscriber);
      await orders.onChange(subscriber, listener);
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
      await redis.leave();
    },
  };
}
