import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ServiceName } from '@image2model/contracts';
import {
  createClient,
  createRedisDatabase,
  createVhost,
  freePorts,
  newApiKey,
  defaultFalKey,
  rawRedis,
  startApp,
  startFalStandIn,
  watchEvents,
  type AppProcess,
  type Client,
  type EventWatcher,
  type FalControl,
  type FalStandIn,
  type RawRedis,
} from '@image2model/testing';
import { brokerStateOf, type BrokerState } from './broker-state.js';
import { cutOut } from './cut-out.js';

/** The services that have failpoints. */
export type FailingService = 'batch-orchestrator' | 'model-worker';

/** How long a claim holds on a rig, ms; a process is paused for longer. */
export const claimLeaseMs = 3_000;

/** The services' clocks, faster than in production, so that what waits for a lease waits for seconds. */
const fast: Readonly<Record<string, string>> = {
  CLAIM_LEASE_MS: String(claimLeaseMs),
  LANE_LEASE_MS: '1500',
  RECONCILE_INTERVAL_MS: '250',
  RECONCILE_LEASE_MS: '1500',
  UNCLAIMED_DUE_MS: '2000',
  OVERDUE_MS: '1000',
  REISSUE_DUE_MS: '3000',
  I2M_NOOP_MS: '50',
  WORKER_CONCURRENCY: '4',
  EMBEDDED_THREADS: '1',
  FAL_KEY: defaultFalKey,
  FAL_WEBHOOKS: 'off',
  FAL_CONCURRENCY: '8',
  FAL_DOUBT_GRACE_S: '8',
};

/** fal as it is unless a scenario says otherwise. */
export const usualFal = {
  concurrency: 8,
  duration: { kind: 'fixed', ms: 300 },
  faults: [],
  listing: { enabled: true },
} satisfies FalControl;

/**
 * A small system around one service: a gateway and one process of the other service stay up, the processes of the
 * service itself come and go with each run.
 */
export interface Rig {
  readonly service: FailingService;
  readonly client: Client;
  readonly amqpUrl: string;
  readonly redis: RawRedis;
  readonly storageDir: string;
  /** Any path below it is a photo. */
  readonly photosUrl: string;
  readonly events: EventWatcher;
  readonly fal: FalStandIn;
  readonly broker: BrokerState;
  /** The one process of the other service. */
  peer(): AppProcess;
  /** Starts the other service again after its process was killed. */
  startPeer(): Promise<void>;
  /** Starts a process of the service; does not wait until it is ready. */
  spawn(env?: Readonly<Record<string, string>>): Promise<AppProcess>;
  /** What all processes wrote that were started since `from` (see `mark`). */
  logs(from: number): string;
  /** How many processes were started so far. */
  mark(): number;
  close(): Promise<void>;
}

export async function startRig(service: FailingService): Promise<Rig> {
  const [vhost, database] = await Promise.all([createVhost(), createRedisDatabase()]);
  const storageDir = await mkdtemp(join(tmpdir(), 'i2m-failpoints-'));
  const [port = 0] = await freePorts(1);
  const apiKey = newApiKey();
  const photos = await servePhotos();
  const fal = await startFalStandIn(usualFal);
  const all: AppProcess[] = [];
  const shared = {
    ...fast,
    AMQP_URL: vhost.url,
    REDIS_URL: database.url,
    STORAGE_URL: pathToFileURL(storageDir).href,
    I2M_API_KEYS: apiKey,
    SOURCE_ALLOW_HOSTS: new URL(photos.url).host,
    HOST: '127.0.0.1',
    PORT: String(port),
    FAL_ORIGIN: fal.origin,
    I2M_PUBLIC_URL: `http://127.0.0.1:${port}`,
  };
  const start = async (name: ServiceName, env: Readonly<Record<string, string>>): Promise<AppProcess> => {
    const [adminPort = 0] = await freePorts(1);
    const app = startApp({ name, adminPort, env: { ...shared, ...env } });
    all.push(app);
    return app;
  };
  const events = await watchEvents(vhost.url);
  const gateway = await start('gateway', {});
  const other = service === 'model-worker' ? 'batch-orchestrator' : 'model-worker';
  // every other copy goes to the worker that sleeps
  const often = { REISSUE_DUE_MS: '1000', OVERDUE_MS: '500' };
  const peerEnv: Readonly<Record<string, string>> = service === 'model-worker' ? often : {};
  let peer = await start(other, peerEnv);
  await Promise.all([gateway.waitReady(), peer.waitReady()]);
  return {
    service,
    client: createClient(`http://127.0.0.1:${port}`, apiKey),
    amqpUrl: vhost.url,
    redis: rawRedis(database.url),
    storageDir,
    photosUrl: photos.url,
    events,
    fal,
    broker: brokerStateOf(vhost.url),
    peer: () => peer,
    startPeer: async () => {
      peer = await start(other, peerEnv);
      await peer.waitReady();
    },
    spawn: (env = {}) => start(service, env),
    logs: (from) =>
      [gateway, peer, ...all.slice(from)]
        .map(({ name, pid, output }) => `--- ${name} (${pid})\n${output()}`)
        .join('\n'),
    mark: () => all.length,
    close: async () => {
      await Promise.all(all.map(async (app) => app.exit ?? endProcess(app)));
      await Promise.all([events.close(), photos.close(), fal.close()]);
      await Promise.allSettled([
        vhost.close(),
        database.close(),
        rm(storageDir, { recursive: true, force: true }),
      ]);
    },
  };
}

/** Somebody's web server. */
async function servePhotos(): Promise<{ url: string; close(): Promise<void> }> {
  const bytes = cutOut();
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'image/png', connection: 'close' }).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** SIGTERM, and SIGKILL when that takes longer than a service may. Wakes a stopped process first. */
export async function endProcess(app: AppProcess): Promise<void> {
  if (app.exit !== undefined) return;
  const timer = setTimeout(() => void app.kill('SIGKILL'), 28_000);
  await app.kill('SIGCONT');
  await app.kill('SIGTERM');
  clearTimeout(timer);
}
