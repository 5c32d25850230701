import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { services as allServices, type ServiceName } from '@image2model/contracts';
import { createClient, type Client } from '../http/client.js';
import { createRedisDatabase } from '../servers/redis-database.js';
import { createVhost } from '../servers/vhost.js';
import type { AppProcess } from './app-process.js';
import { Fleet } from './fleet.js';
import { freePorts } from './free-ports.js';

export interface SystemOptions {
  /** How many processes of a service; 1 unless said otherwise. */
  replicas?: Partial<Record<ServiceName, number>>;
  /** Added to the environment of every service; a function is told where the gateway will be. */
  env?: Record<string, string> | ((gatewayUrl: string) => Record<string, string>);
  /** Only these; all five by default. */
  services?: readonly ServiceName[];
  /** Servers of the caller's, which it closes; else a vhost and a database of the servers that the tests share. */
  servers?: { amqpUrl: string; redisUrl: string };
  /** true: every process runs in a folder of its own below `storageDir/homes`, as if on a machine of its own. */
  apart?: boolean;
}

/** The built services as processes, with a vhost, a Redis database and a storage directory of their own. */
export interface System {
  readonly gatewayUrl: string;
  readonly apiKey: string;
  readonly redisUrl: string;
  readonly amqpUrl: string;
  readonly storageDir: string;
  readonly client: Client;
  processes(name?: ServiceName): AppProcess[];
  /** One more process of a service, ready. */
  add(name: ServiceName): Promise<AppProcess>;
  /** Ends one process, abruptly by default. */
  kill(name: ServiceName, index?: number, signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again with the same ports and waits until it is ready; one that still runs is killed first. */
  restart(name: ServiceName, index?: number): Promise<void>;
  /** Everything all processes wrote, those that are gone included. */
  logs(): string;
  /** SIGTERM to all, SIGKILL after 28 s; then the vhost, the database and the directory go. */
  stop(): Promise<void>;
}

/** A key as the gateway expects it: 8 hex to know it by, 32 random bytes. */
export const newApiKey = (): string =>
  `i2m_${randomBytes(4).toString('hex')}_${randomBytes(32).toString('base64url')}`;

/** Starts the built apps on free ports and waits until all are ready. The providers `embedded` and `noop` are on. */
export async function startSystem({
  replicas = {},
  env = {},
  services = allServices,
  servers,
  apart = false,
}: SystemOptions = {}): Promise<System> {
  const home = await openHome(servers);
  const wanted = services.flatMap((name) =>
    Array.from({ length: replicas[name] ?? 1 }, (_, index) => ({ name, index })),
  );
  const [gatewayPort = 0, ...adminPorts] = await freePorts(1 + wanted.length);
  const gatewayUrl = `http://127.0.0.1:${gatewayPort}`;
  const apiKey = newApiKey();
  const fleet = new Fleet(
    wanted.map((entry, i) => ({
      ...entry,
      adminPort: adminPorts[i] ?? 0,
      home: apart ? ownFolder(home.storageDir, entry) : undefined,
    })),
    {
      ...home.env,
      I2M_API_KEYS: apiKey,
      I2M_NOOP_MS: '0',
      HOST: '127.0.0.1',
      PORT: String(gatewayPort),
      ...(typeof env === 'function' ? env(gatewayUrl) : env),
    },
  );
  const stop = async (): Promise<void> => {
    await fleet.stop();
    await home.close();
  };
  await fleet.waitReady().catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const { amqpUrl, redisUrl, storageDir } = home;
  return {
    amqpUrl,
    redisUrl,
    storageDir,
    gatewayUrl,
    apiKey,
    client: createClient(gatewayUrl, apiKey),
    processes: (name) => fleet.processes(name),
    add: async (name) => {
      const [adminPort = 0] = await freePorts(1);
      return fleet.add(name, adminPort);
    },
    kill: (name, index, signal) => fleet.kill(name, index, signal),
    restart: (name, index) => fleet.restart(name, index),
    logs: () => fleet.logs(),
    stop,
  };
}

/** Where one system keeps its things. */
async function openHome(servers: SystemOptions['servers']): Promise<
  Pick<System, 'amqpUrl' | 'redisUrl' | 'storageDir'> & {
    env: Record<string, string>;
    close(): Promise<void>;
  }
> {
  const [vhost, redis] =
    servers === undefined
      ? await Promise.all([createVhost(), createRedisDatabase()])
      : [lent(servers.amqpUrl), lent(servers.redisUrl)];
  const storageDir = await mkdtemp(join(tmpdir(), 'i2m-test-'));
  return {
    amqpUrl: vhost.url,
    redisUrl: redis.url,
    storageDir,
    env: { AMQP_URL: vhost.url, REDIS_URL: redis.url, STORAGE_URL: pathToFileURL(storageDir).href },
    close: async () => {
      await Promise.allSettled([
        vhost.close(),
        redis.close(),
        rm(storageDir, { recursive: true, force: true }),
      ]);
    },
  };
}

const lent = (url: string): { url: string; close(): Promise<void> } => ({
  url,
  close: () => Promise.resolve(),
});

function ownFolder(dir: string, { name, index }: { name: string; index: number }): string {
  const folder = join(dir, 'homes', `${name}-${index}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}
