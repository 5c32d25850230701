import { declareTopology } from '@image2model/broker';
import {
  rawRedis,
  startRabbitCluster,
  startRedisSentinels,
  waitFor,
  type RabbitCluster,
  type RedisSentinels,
} from '@image2model/testing';

/** Three RabbitMQ nodes, and a Redis master with two replicas under three Sentinels. */
export interface Clusters {
  readonly rabbit: RabbitCluster;
  readonly sentinels: RedisSentinels;
}

/** Starts both, lets `work` break them, and ends whatever is left. */
export async function withClusters<T>(
  tell: (text: string) => void,
  work: (clusters: Clusters) => Promise<T>,
): Promise<T> {
  tell('starting three RabbitMQ nodes, three Redis servers and three Sentinels');
  const [rabbit, sentinels] = await Promise.allSettled([startRabbitCluster(), startRedisSentinels()]);
  try {
    if (rabbit.status === 'rejected') throw rabbit.reason;
    if (sentinels.status === 'rejected') throw sentinels.reason;
    await declareOn(rabbit.value.url);
    return await work({ rabbit: rabbit.value, sentinels: sentinels.value });
  } finally {
    await Promise.all(
      [rabbit, sentinels].map((each) => (each.status === 'fulfilled' ? each.value.close() : undefined)),
    );
  }
}

/** Once, before many services do it at the same time; a cluster that has just formed may close a connection again. */
async function declareOn(url: string): Promise<void> {
  const signal = AbortSignal.timeout(120_000);
  const declared = (): Promise<boolean> =>
    declareTopology({ url, signal }).then(
      () => true,
      () => false,
    );
  await waitFor(declared, { timeoutMs: 120_000, everyMs: 1_000, what: 'a topology on the new cluster' });
}

/** Brings back what a scenario killed, and empties Redis for the next one. */
export async function heal({ rabbit, sentinels }: Clusters): Promise<void> {
  await Promise.all([rabbit.restartDead(), sentinels.restartDead()]);
  await rawRedis(await sentinels.masterUrl())('FLUSHALL');
}
