import { connectBroker } from '@image2model/broker';
import { maintenanceEraseBatch, newBatchId, queues } from '@image2model/contracts';
import { createLogger } from '@image2model/service-kit';
import {
  closingAfterAll,
  createRedisDatabase,
  createVhost,
  startProxy,
  startSystem,
  waitFor,
} from '@image2model/testing';

const closing = closingAfterAll();

it('work that runs into an outage of Redis uses the tries of an outage, and is done when Redis is back', async () => {
  const [vhost, database] = [closing(await createVhost()), closing(await createRedisDatabase())];
  const redis = closing(await startProxy(database.url));
  const servers = { amqpUrl: vhost.url, redisUrl: redis.url };
  const system = closing(await startSystem({ services: ['maintenance-worker'], servers }));
  const logger = createLogger({ service: 'test', instance: 'spec', level: 'error' });
  const broker = closing(await connectBroker({ url: vhost.url, service: 'spec', logger }));
  const counted = async (metric: RegExp): Promise<boolean> =>
    metric.test(await (await fetch(`${system.processes('maintenance-worker')[0]?.adminUrl}/metrics`)).text());

  redis.cut();
  const id = newBatchId();
  await broker.publish(maintenanceEraseBatch, { id: `erase:${id}`, batchId: id, payload: {} });
  await waitFor(() => counted(/retries_total\{[^}]*kind="dependency"[^}]*\} [1-9]/), {
    timeoutMs: 60_000,
    what: 'a try that ran into the outage',
  });
  expect(await counted(/retries_total\{[^}]*kind="unexpected"[^}]*\} [1-9]/)).toBe(false);
  redis.restore();
  await waitFor(
    () => counted(/tasks_total\{[^}]*task="maintenance.erase-batch"[^}]*status="done"[^}]*\} 1/),
    {
      timeoutMs: 150_000, // the first rung is one of 5 s, its neighbour one of a minute
      what: 'the end of the work',
    },
  );
  expect((await broker.depth(`${queues.eraseBatch.name}.dead`)).ready).toBe(0);
});
