import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { services, type ServiceName } from '@image2model/contracts';
import {
  createClient,
  defaultFalKey,
  freePorts,
  newApiKey,
  rawRedis,
  repoRoot,
  startApp,
  startFalStandIn,
  startOwnRedis,
  startReceiver,
  type AppProcess,
  type Client,
  type FalStandIn,
  type RawRedis,
  type Receiver,
} from '@image2model/testing';
import type { Login } from './forbidden.js';
import { managementApi, type ManagementApi } from './management-api.js';
import { endProcess } from './rig.js';

/** How a run of the bootstrap ended. */
export interface BootstrapRun {
  code: number;
  output: string;
}

/** All services, each under users of its own that the bootstrap made, on a virtual host and a Redis of their own. */
export interface RightsRig {
  readonly client: Client;
  /** where alerts and webhooks go */
  readonly receiver: Receiver;
  readonly fal: FalStandIn;
  /** Every user's name begins with it. */
  readonly prefix: string;
  /** The administrator's ways in. */
  readonly admin: { amqpUrl: string; redis: RawRedis; api: ManagementApi };
  readonly vhost: string;
  readonly secrets: readonly string[];
  /** A service's, or the administrator's. */
  login(service?: ServiceName): Login;
  bootstrap(args?: readonly string[], env?: Readonly<Record<string, string>>): Promise<BootstrapRun>;
  /** Starts all five; does not wait until they are ready. */
  start(): Promise<AppProcess[]>;
  logs(): string;
  close(): Promise<void>;
}

const secret = (): string => randomBytes(24).toString('hex');

/** Clocks faster than in production. */
const fast: Readonly<Record<string, string>> = {
  I2M_NOOP_MS: '20',
  WORKER_CONCURRENCY: '4',
  EMBEDDED_THREADS: '1',
  REDRIVE_INTERVAL_MS: '300',
  RECONCILE_INTERVAL_MS: '500',
  WEBHOOK_SWEEP_S: '1',
  DELETION_SWEEP_INTERVAL_S: '1',
  HEALTH_CHECK_INTERVAL_S: '5',
};

export async function startRightsRig(): Promise<RightsRig> {
  const id = randomBytes(4).toString('hex');
  const [vhost, prefix] = [`test-rights-${id}`, `test-${id}-`];
  const api = managementApi();
  const [redis, receiver, fal] = await Promise.all([
    startOwnRedis(),
    startReceiver(),
    startFalStandIn({ duration: { kind: 'fixed', ms: 200 }, concurrency: 4 }),
  ]);
  const storageDir = await mkdtemp(join(tmpdir(), 'i2m-rights-'));
  const passwords = new Map(services.map((service) => [service, secret()]));
  const passwordOf = (service: ServiceName): string => passwords.get(service) ?? '';
  const deployPassword = secret();
  const amqpUrl = (service: ServiceName): string =>
    api.amqpUrl(vhost, `${prefix}${service}`, passwordOf(service));
  const redisUrl = (service: ServiceName): string => redis.urlOf(`${prefix}${service}`, passwordOf(service));
  const apps: AppProcess[] = [];
  const [port = 0, ...adminPorts] = await freePorts(1 + services.length);
  const gatewayUrl = `http://127.0.0.1:${port}`;
  const apiKey = newApiKey();
  const shared = {
    ...fast,
    I2M_TOPOLOGY: 'expect',
    STORAGE_URL: pathToFileURL(storageDir).href,
    I2M_API_KEYS: apiKey,
    HOST: '127.0.0.1',
    PORT: String(port),
    FAL_KEY: defaultFalKey,
    FAL_ORIGIN: fal.origin,
    FAL_CONCURRENCY: '4',
    I2M_PUBLIC_URL: gatewayUrl,
    I2M_WEBHOOK_SECRET: secret(),
    WEBHOOK_ALLOW_HOSTS: new URL(receiver.url).host,
    SOURCE_ALLOW_HOSTS: new URL(receiver.url).host,
    ALERT_WEBHOOK_URL: `${receiver.url}/alerts`,
  };
  const bootstrapEnv = {
    BOOTSTRAP_AMQP_API_URL: api.url,
    BOOTSTRAP_AMQP_URL: api.amqpUrl(vhost, `${prefix}deploy`, deployPassword),
    BOOTSTRAP_REDIS_URL: redis.adminUrl,
    BOOTSTRAP_USER_PREFIX: prefix,
    ...Object.fromEntries(
      services.map((service) => [
        `BOOTSTRAP_PASSWORD_${service.toUpperCase().replaceAll('-', '_')}`,
        passwordOf(service),
      ]),
    ),
  };
  return {
    ...{ receiver, fal, prefix, vhost },
    client: createClient(gatewayUrl, apiKey),
    admin: { amqpUrl: api.amqpUrl(vhost), redis: rawRedis(redis.adminUrl), api },
    secrets: [...passwords.values(), deployPassword, new URL(redis.adminUrl).password],
    login: (service) =>
      service === undefined
        ? { amqpUrl: api.amqpUrl(vhost), redis: rawRedis(redis.adminUrl), api, apiLogin: undefined }
        : {
            amqpUrl: amqpUrl(service),
            redis: rawRedis(redisUrl(service)),
            api,
            apiLogin: `${prefix}${service}:${passwordOf(service)}`,
          },
    bootstrap: (args = [], env = {}) => runBootstrap(args, { ...bootstrapEnv, ...env }),
    start: async () => {
      apps.push(
        ...services.map((name, at) =>
          startApp({
            name,
            adminPort: adminPorts[at] ?? 0,
            env: { ...shared, AMQP_URL: amqpUrl(name), REDIS_URL: redisUrl(name) },
          }),
        ),
      );
      return apps;
    },
    logs: () => apps.map(({ name, output }) => `--- ${name}\n${output()}`).join('\n'),
    close: async () => {
      await Promise.all(apps.map(endProcess));
      await Promise.all([receiver.close(), fal.close(), redis.close(), api.forget(vhost, prefix)]);
      await rm(storageDir, { recursive: true, force: true });
    },
  };
}

/** The program as the job runs it: with its own environment alone. */
function runBootstrap(args: readonly string[], env: Readonly<Record<string, string>>): Promise<BootstrapRun> {
  const bundle = join(repoRoot(), 'tools/bootstrap/dist/bootstrap.js');
  if (!existsSync(bundle))
    throw new Error(
      `${bundle} is missing: build it first, with \`npm run build\` (npm test does it by itself).`,
    );
  return new Promise((resolve) => {
    execFile(process.execPath, [bundle, ...args], { env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, output: `${stdout}${stderr}` });
    });
  });
}
