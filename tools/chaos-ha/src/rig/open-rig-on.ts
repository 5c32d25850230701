import { openRig, type Rig } from '@image2model/chaos-pay';
import { rawRedis } from '@image2model/testing';
import type { Clusters } from './clusters.js';

export interface HaRigOptions {
  seed: number;
  env?: Record<string, string>;
}

const workers = 3;
/** How long a free file takes: the batch must last longer than it takes to kill something in its midst. */
const noopMs = 150;
const concurrency = 40;
/** A file whose claim lost its answer waits for so long; more than a failover takes, and a renewal. */
const leaseMs = 10_000;

/** The whole system on the clusters, as in production: what must not be lost is on a replica before anybody hears of it. */
export const openRigOn = ({ rabbit, sentinels }: Clusters, { seed, env = {} }: HaRigOptions): Promise<Rig> =>
  openRig({
    seed,
    workers,
    callbacks: true,
    replicas: { 'batch-orchestrator': 2 },
    fal: { concurrency, duration: { kind: 'uniform', fromMs: 300, toMs: 1_500 }, listing: { enabled: true } },
    servers: {
      amqpUrl: rabbit.url,
      redisUrl: sentinels.url,
      redis: async (...command) => rawRedis(await sentinels.masterUrl())(...command),
      apiUrl: () => rabbit.apiUrl,
    },
    env: {
      REDIS_WAIT_REPLICAS: '1',
      CLAIM_LEASE_MS: String(leaseMs),
      I2M_NOOP_MS: String(noopMs),
      FAL_CONCURRENCY: String(concurrency),
      FAL_DOUBT_GRACE_S: '60',
      ...env,
    },
  });
