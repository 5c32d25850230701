import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createRedisDatabase,
  freePorts,
  makeCertificates,
  newApiKey,
  startApp,
  startRabbitCluster,
  startRedisSentinels,
  startSystem,
  waitFor,
  type AppProcess,
  type Certificates,
  type RabbitCluster,
  type RedisDatabase,
  type RedisSentinels,
} from '@image2model/testing';

let dir: string;
let ours: Certificates;
let theirs: Certificates;
let rabbit: RabbitCluster;
let redis: RedisSentinels;
let plain: RedisDatabase;
const started: AppProcess[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'i2m-tls-'));
  [ours, theirs] = await Promise.all([makeCertificates(dir, 'ours'), makeCertificates(dir, 'theirs')]);
  [rabbit, redis, plain] = await Promise.all([
    startRabbitCluster({ nodes: 1, tls: ours }),
    startRedisSentinels({ tls: ours, replicas: 1 }),
    createRedisDatabase(),
  ]);
});
afterAll(async () => {
  await Promise.all(started.map((app) => app.kill('SIGKILL')));
  await Promise.allSettled([rabbit.close(), redis.close(), plain.close()]);
  await rm(dir, { recursive: true, force: true });
});

/** A gateway that is not expected to get far. */
async function gateway(env: Record<string, string>): Promise<AppProcess> {
  const [port = 0, adminPort = 0] = await freePorts(2);
  const storage = { STORAGE_URL: join(dir, 'storage'), I2M_API_KEYS: newApiKey(), PORT: String(port) };
  const app = startApp({ name: 'gateway', adminPort, env: { ...storage, ...env } });
  started.push(app);
  return app;
}
const says = async (app: AppProcess, text: string): Promise<void> => {
  await waitFor(() => app.output().includes(text), { timeoutMs: 30_000, what: `"${text}"` }).catch(
    (error: unknown) => {
      throw new Error(`${String(error)}\n${app.output()}`);
    },
  );
};

test('a batch runs over amqps and rediss behind Sentinels, with a certificate of ours', async () => {
  expect(rabbit.url).toContain('amqps://');
  expect(redis.url).toContain('rediss+sentinel://');
  const system = await startSystem({
    servers: { amqpUrl: rabbit.url, redisUrl: redis.url },
    env: {
      ...{ TLS_CA_FILE: ours.ca, TLS_CERT_FILE: ours.cert, TLS_KEY_FILE: ours.key },
      REDIS_WAIT_REPLICAS: '1',
    },
  });
  try {
    const { id } = await system.client.createNoopBatch(50);
    expect(await system.client.waitForTerminal(id)).toMatchObject({
      status: 'completed',
      counts: { completed: 50 },
    });
  } finally {
    await system.stop();
  }
});

test('servers of another authority are refused, and what to set is said', async () => {
  const trust = { TLS_CA_FILE: theirs.ca };
  const apps = await Promise.all([
    gateway({ ...trust, AMQP_URL: rabbit.url, REDIS_URL: redis.url }),
    gateway({ ...trust, AMQP_URL: rabbit.url, REDIS_URL: await redis.masterUrl() }),
    gateway({ ...trust, AMQP_URL: rabbit.url, REDIS_URL: plain.url }),
    gateway({ AMQP_URL: rabbit.url, REDIS_URL: plain.url }),
  ]);
  await Promise.all(apps.map((app) => says(app, 'set TLS_CA_FILE to a PEM file with that authority')));
  expect(apps.map(({ output }) => /Redis is not trusted/.test(output()))).toEqual([true, true, false, false]);
});

test('files that are missing or do not fit end the process with what is wrong', async () => {
  const app = await gateway({
    TLS_CA_FILE: join(dir, 'none.pem'),
    TLS_CERT_FILE: ours.cert,
    TLS_KEY_FILE: theirs.key,
  });
  const other = await gateway({ TLS_CERT_FILE: ours.cert, TLS_KEY_FILE: theirs.key });
  await waitFor(() => app.exit !== undefined && other.exit !== undefined, {
    timeoutMs: 20_000,
    what: 'the end',
  });
  expect([app.exit?.code, other.exit?.code]).toEqual([78, 78]);
  expect(app.output()).toContain('none.pem (ENOENT); expected a PEM file with certificates');
  expect(other.output()).toContain('is not the key of the certificate in');
});
