import type { Broker } from '@image2model/broker';
import { Failure, workQueues } from '@image2model/contracts';
import type { RabbitFacts } from '../domain/health-facts.js';
import type { QueueCounter } from './queue-counter.js';

/** Longer makes no difference. */
const longestS = 3_600;

/** What RabbitMQ shows of itself and its queues. */
export function createRabbitProbe(
  broker: Pick<Broker, 'state' | 'depth' | 'onStateChange'>,
  queues: Pick<QueueCounter, 'dead'>,
): () => Promise<RabbitFacts> {
  // at the start the grace period covers those that are still on their way
  let connectedSince = -Infinity;
  let was = broker.state.connected;
  broker.onStateChange(({ connected }) => {
    if (connected && !was) connectedSince = performance.now();
    was = connected;
  });
  return async () => {
    const { connected, blocked } = broker.state;
    if (!connected) throw new Error('not connected');
    const depths = await Promise.all(workQueues.map(({ name }) => depthOf(broker, name)));
    return {
      blocked,
      connectedForS: Math.min(longestS, Math.floor((performance.now() - connectedSince) / 1_000)),
      ready: Object.fromEntries(depths.map(({ name, ready }) => [name, ready])),
      consumers: Object.fromEntries(depths.map(({ name, consumers }) => [name, consumers])),
      missing: depths.filter(({ missing }) => missing).map(({ name }) => name),
      dead: await queues.dead(),
    };
  };
}

interface Depth {
  name: string;
  ready: number;
  consumers: number;
  missing: boolean;
}

async function depthOf(broker: Pick<Broker, 'depth'>, name: string): Promise<Depth> {
  try {
    const { ready, consumers } = await broker.depth(name);
    return { name, ready, consumers, missing: false };
  } catch (error) {
    if (Failure.from(error).code !== 'dependency.queue_missing') throw error;
    return { name, ready: 0, consumers: 0, missing: true };
  }
}
