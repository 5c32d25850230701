import { connectBroker, type Broker } from '@image2model/broker';
import {
  batchSubmitted,
  fileSettled,
  generateMessageId,
  laneQueues,
  newBatchId,
  newIntentId,
  type Lane,
} from '@image2model/contracts';
import { connectProgress, type BatchRecord, type Conclusion, type Progress } from '@image2model/progress';
import { createLogger, type Logger } from '@image2model/service-kit';
import {
  type AppProcess,
  createRedisDatabase,
  createVhost,
  type EventWatcher,
  freePorts,
  rawRedis,
  type RawRedis,
  startApp,
  waitFor,
  watchEvents,
} from '@image2model/testing';

/** RabbitMQ and Redis of one spec; the spec is gateway and worker, the orchestrators are real processes. */
export interface Bench {
  readonly amqpUrl: string;
  readonly progress: Progress;
  readonly broker: Broker;
  readonly events: EventWatcher;
  readonly redis: RawRedis;
  readonly logger: Logger;
  /** Starts an orchestrator and waits until it is ready. Its reconciler sleeps after a first sweep unless told otherwise. */
  start(env?: Record<string, string>): Promise<AppProcess>;
  /**
   * Accepts a batch as the gateway does. @param batch.tell false: as if `batch.submitted` was lost @param batch.hold it is
   * held before any dispatcher may see it
   */
  newBatch(batch: {
    total: number;
    tenant?: string;
    lane?: Lane;
    tell?: boolean;
    hold?: { reason: 'user' | 'budget'; detail: string; untilMs?: number };
  }): Promise<string>;
  batch(id: string): Promise<BatchRecord>;
  /** Messages ready in a lane. */
  ready(lane?: Lane): Promise<number>;
  /** @returns the token */
  claim(batchId: string, idx: number, gen?: number): Promise<string>;
  /** Claims and concludes; nobody is told. */
  conclude(batchId: string, idx: number, conclusion?: Conclusion): Promise<void>;
  /** Decides to pay for a claimed file, and gets a generation for it unless told otherwise. @returns the intent */
  pay(batchId: string, idx: number, token: string, bound?: boolean): Promise<string>;
  /** As if the worker had been silent for long. */
  expireLease(batchId: string, idx: number): Promise<void>;
  tellSettled(batchId: string, files: number[]): Promise<void>;
  /** Waits for the completion of a batch on the broker. @returns its events so far */
  completion(batchId: string, timeoutMs?: number): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export const completed: Conclusion = { outcome: 'completed', model: null };

export async function openBench(): Promise<Bench> {
  const [vhost, database] = await Promise.all([createVhost(), createRedisDatabase()]);
  const logger = createLogger({ service: 'test', instance: 'spec', level: 'error' });
  const events = await watchEvents(vhost.url);
  const progress = await connectProgress({ url: database.url, logger });
  const broker = await connectBroker({ url: vhost.url, service: 'spec', logger });
  const apps: AppProcess[] = [];
  const bench: Bench = {
    amqpUrl: vhost.url,
    progress,
    broker,
    events,
    redis: rawRedis(database.url),
    logger,
    start: async (env = {}) => {
      const [adminPort = 0] = await freePorts(1);
      const own = { AMQP_URL: vhost.url, REDIS_URL: database.url, RECONCILE_INTERVAL_MS: '60000' };
      const app = startApp({ name: 'batch-orchestrator', adminPort, env: { ...own, ...env } });
      apps.push(app);
      await app.waitReady();
      return app;
    },
    newBatch: async ({ total, tenant = 't', lane = 'normal', tell = true, hold }) => {
      const id = newBatchId();
      const rest = { name: null, provider: 'noop', settings: {}, retentionHours: 1, createdAtMs: Date.now() };
      await progress.batches.stage({ id, tenant, lane, total, ...rest }, []);
      if (hold !== undefined) {
        const { reason, detail, untilMs } = hold;
        const held = JSON.stringify({ [reason]: { detail, since: Date.now(), until: untilMs } });
        await bench.redis('HSET', `i2m:{${id}}:b`, 'hold', held);
      }
      await progress.batches.activate(id);
      if (tell) await broker.publish(batchSubmitted, { batchId: id, payload: { lane, total } });
      return id;
    },
    batch: async (id) => {
      const batch = await progress.batches.read(id);
      if (batch === null) throw new Error(`there is no batch ${id}`);
      return batch;
    },
    ready: (lane = 'normal') => broker.readyCount(laneQueues[lane].name),
    claim: async (batchId, idx, gen = 0) => {
      const messageId = generateMessageId(batchId, idx, gen);
      const request = { idx, messageId, gen, redelivered: false, worker: 'spec' };
      const reply = await progress.attempts.claim(batchId, request);
      if (reply.status !== 'ok') throw new Error(`claim of ${idx}: ${reply.status}`);
      return reply.token;
    },
    conclude: async (batchId, idx, conclusion = completed) => {
      const token = await bench.claim(batchId, idx);
      const status = await progress.attempts.conclude(batchId, { idx, token }, conclusion);
      if (status !== 'ok') throw new Error(`conclusion of ${idx}: ${status}`);
    },
    pay: async (batchId, idx, token, bound = true) => {
      const intent = newIntentId(batchId, idx);
      const [imageUrl, endpoint] = [`https://i/${idx}`, 'e/image-to-3d'];
      const request = { intent, priceMicro: 200_000, mostSubmits: 3, imageUrl, endpoint };
      const reply = await progress.ledger.intend(batchId, { idx, token }, request);
      if (reply !== 'ok') throw new Error(`intent of ${idx}: ${reply}`);
      if (bound) await progress.ledger.bind(batchId, idx, intent, { requestId: `r-${intent}`, endpoint });
      return intent;
    },
    expireLease: async (batchId, idx) => {
      await bench.redis('HSET', `i2m:{${batchId}}:a:${idx}`, 'lease', Date.now() - 1);
    },
    tellSettled: (batchId, files) => broker.publish(fileSettled, { batchId, payload: { files } }),
    completion: async (batchId, timeoutMs = 10_000) => {
      const of = () => events.of('batch.completed', batchId);
      await waitFor(() => of().length > 0, { timeoutMs, everyMs: 20, what: `completion of ${batchId}` });
      return of().map(({ id, payload }) => ({ id, ...payload }));
    },
    close: async () => {
      await Promise.all(apps.map((app) => app.kill('SIGTERM')));
      await events.close();
      await broker.close();
      await progress.close();
      await Promise.all([vhost.close(), database.close()]);
    },
  };
  return bench;
}
